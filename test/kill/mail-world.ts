import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { LOCAL_REGION } from '../../local/emulators/embedded-aws.ts';
import { localDropBucket, localMailBucket } from '../../local/queues/create-resources.ts';
import { arrivalsQueueNames } from '../../local/queues/plan-queues.ts';
import { createShutdown } from '../../local/run/shutdown.ts';
import { type Emulators, startEmulators } from '../../local/run/start-emulators.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { pickPollMailboxConfiguration } from '../../mail/configuration/poll-mailbox-configuration.ts';
import type {
  Configuration,
  ConfigurationInput,
} from '../../mail/configuration/configuration-schema.ts';
import { tableName } from '../../mail/configuration/resource-names.ts';
import { type BundledFunction, bundleFunction } from './bundle-function.ts';
import { type CallProxy, startCallProxy } from './call-proxy.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';

/** A raw mail as SES wrote it, and where. */
export interface StoredMail {
  /** Of the receipt rule: `1`. */
  readonly rule: number;
  readonly messageId: string;
  readonly raw: string;
}

/** What a world is made from. */
export interface MailWorldOptions {
  readonly configuration: ConfigurationInput;
  /** See `bundleFunction`. */
  readonly mimeParser?: string;
  /** See `FunctionProcessOptions`. @default 1 */
  readonly speed?: number;
  /** More variables of every function. @default none */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Which function is started, and how. */
export interface FunctionStart {
  /** @default 'parse-mail' */
  readonly lambda?: BundledFunction;
  /** A configuration with other rules. @default the world's own */
  readonly rules?: ConfigurationInput;
}

/** Emulators in this process, a proxy before them, and the function in processes of its own. */
export interface MailWorld {
  readonly emulators: Emulators;
  readonly configuration: Configuration;
  readonly mailBucket: string;
  readonly proxy: CallProxy;
  /** Starts a process of a function. */
  startFunction(start?: FunctionStart): Promise<FunctionProcess>;
  storeMails(mails: readonly StoredMail[]): Promise<void>;
  /**
   * Puts notifications into a queue, all before any is read.
   *
   * @param sqsName @default the arrivals queue
   */
  announce(notifications: readonly unknown[], sqsName?: string): Promise<void>;
  /** How far the clocks of functions are ahead of the machine's. */
  readonly clock: { offsetMs: number };
  close(): Promise<void>;
}

function writeConfigurationFile(folder: string, input: ConfigurationInput): string {
  // It has what each function reads.
  const text = JSON.stringify(pickPollMailboxConfiguration(parseConfiguration(input)));
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  const file = join(folder, `configuration-${name}.json`);
  // Another process of the function may be reading it.
  if (!existsSync(file)) writeFileSync(file, text);
  return file;
}

/** The variables that Lambda gives a function, and nothing of this machine's own. */
const createEnvironment = (
  {
    configuration: { environment },
    proxy,
    mailBucket,
    emulators,
  }: Pick<MailWorld, 'configuration' | 'proxy' | 'mailBucket' | 'emulators'>,
  configurationFile: string,
): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: proxy.endpoint,
  AWS_REGION: LOCAL_REGION,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_LAMBDA_FUNCTION_NAME: 'function',
  MAIL_BUCKET: mailBucket,
  DROP_BUCKET: localDropBucket(environment),
  TABLE_NAME: tableName(environment),
  QUEUE_URL_BASE: emulators.queueUrlBase,
  CONFIGURATION_FILE: configurationFile,
});

/** Starts a world with everything in it that the configuration needs. */
export async function startMailWorld({
  configuration: input,
  mimeParser,
  speed = 1,
  variables = {},
}: MailWorldOptions): Promise<MailWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-kill-'));
  const shutdown = createShutdown();
  shutdown.add(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const configuration = parseConfiguration(input);
  const bundles = new Map<BundledFunction, Promise<string>>();
  const readBundle = (lambda: BundledFunction): Promise<string> => {
    const bundle =
      bundles.get(lambda) ??
      bundleFunction(folder, lambda, mimeParser === undefined ? {} : { mimeParser });
    bundles.set(lambda, bundle);
    return bundle;
  };
  const emulators = await startEmulators(
    { stateFolder: folder, host: '127.0.0.1', awsPort: 0, dynamodbPort: 0 },
    configuration,
    shutdown,
  );
  const proxy = await startCallProxy({
    S3: emulators.awsEndpoint,
    SQS: emulators.awsEndpoint,
    DynamoDB: emulators.dynamodbEndpoint,
  });
  shutdown.add(() => proxy.close());
  const mailBucket = localMailBucket(configuration.environment);
  const clock = { offsetMs: 0 };
  const { s3, sqs } = emulators.clients;
  const world = { emulators, configuration, mailBucket, proxy, clock };
  return {
    ...world,
    async startFunction({ lambda = 'parse-mail', rules = input } = {}) {
      const started = await startFunctionProcess({
        bundle: await readBundle(lambda),
        environment: {
          ...createEnvironment(world, writeConfigurationFile(folder, rules)),
          ...variables,
        },
        speed,
      });
      started.setClock(clock.offsetMs);
      shutdown.add(() => started.close());
      return started;
    },
    async storeMails(mails) {
      for (const { rule, messageId, raw } of mails) {
        await s3.send(
          new PutObjectCommand({
            Bucket: mailBucket,
            Key: `raw/ses/${rule}/${messageId}`,
            Body: raw,
          }),
        );
      }
    },
    async announce(notifications, sqsName = arrivalsQueueNames(configuration.environment).name) {
      await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: `${emulators.queueUrlBase}${sqsName}`,
          Entries: notifications.map((notification, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify(notification),
          })),
        }),
      );
    },
    close: () => shutdown.run(),
  };
}
