import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { FunctionEnvironment } from '../../lambdas/function-environment.ts';
import { queueNames, tableName } from '../../mail/configuration/resource-names.ts';
import type { LocalEndpoints } from '../../local/endpoints.ts';
import { freshenMessageId } from '../../local/run/freshen-message-id.ts';
import { sesNotificationSchema } from '../../mail/contracts/ses-notification.ts';
import { parseHeaderBlock, readHeaderValues } from '../../mail/message/header-block.ts';
import type { Counterpart } from './counterpart.ts';
import { reachLocalRun } from './reach-local-run.ts';

/** The environment that the sample events name. */
const SAMPLE_ENVIRONMENT = 'dev';

/** The bucket that the sample events name; they are used with the one that the local run has. */
export const SAMPLE_BUCKET = 'postroom-dev-mail-000000000000-us-east-1';

const sqsEventSchema = z.looseObject({ Records: z.array(z.looseObject({ body: z.string() })) });

/** A sample may hold what is no JSON: the function must stand that. */
function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const announcedMailSchema = sesNotificationSchema.extend({
  mail: z.object({
    messageId: z.string(),
    commonHeaders: z.object({ messageId: z.string() }),
  }),
});

/** The sample mails by their Message-ID header. */
function readSampleMails(folder: string): ReadonlyMap<string, Buffer> {
  const mails = readdirSync(folder).filter((name) => name.endsWith('.eml'));
  return new Map(
    mails.flatMap((name) => {
      const raw = readFileSync(join(folder, name));
      const [block = ''] = raw.toString('latin1').split(/\r?\n\r?\n/, 1);
      return readHeaderValues(parseHeaderBlock(block), 'Message-ID').map(
        (messageId) => [messageId, raw] as const,
      );
    }),
  );
}

/** As SES's setup notification calls itself: it announces no mail. */
const SETUP_MESSAGE_ID = 'AMAZON_SES_SETUP_NOTIFICATION';

/**
 * Gives each mail that an event announces a new SES message id: the local run would take the event
 * for a repeat the second time.
 */
const announceAnew = (event: z.output<typeof sqsEventSchema>): z.output<typeof sqsEventSchema> => ({
  ...event,
  Records: event.Records.map((record) => {
    const notification = announcedMailSchema.safeParse(readJson(record.body));
    if (!notification.success || notification.data.mail.messageId === SETUP_MESSAGE_ID) {
      return record;
    }
    const { messageId } = notification.data.mail;
    const unique = randomBytes(messageId.length).toString('hex').slice(0, messageId.length);
    return { ...record, body: record.body.replaceAll(messageId, unique) };
  }),
});

/**
 * Puts the mails that an event announces where it says they are: of the notification's Message-ID
 * it takes the sample mail. One that no sample has stays missing, as bytes can be.
 */
async function layDownMails(
  event: z.output<typeof sqsEventSchema>,
  samples: ReadonlyMap<string, Buffer>,
  s3: S3Client,
): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { body } of event.Records) {
    const notification = announcedMailSchema.safeParse(readJson(body));
    if (!notification.success) continue;
    const { mail, receipt } = notification.data;
    const { bucketName: Bucket, objectKey: Key } = receipt.action;
    const Body = samples.get(mail.commonHeaders.messageId);
    if (Body === undefined) {
      lines.push(`s3://${Bucket}/${Key} is not there: no sample mail has this Message-ID`);
      continue;
    }
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: freshenMessageId(Body) }));
    lines.push(`s3://${Bucket}/${Key} laid down (${Body.length} bytes)`);
  }
  return lines;
}

/**
 * A queue that a sample event names, as the local run calls it: hold-dead-letters knows by it what
 * it has before it.
 */
const renameQueues = (written: string, environment: string): string =>
  written.replaceAll(
    `:${queueNames(SAMPLE_ENVIRONMENT, '').name}`,
    `:${queueNames(environment, '').name}`,
  );

/**
 * The running local run stands around a function that reads announcements, or dead letters of any
 * kind: its bucket, its queues.
 */
export async function playLocalRun(
  root: string,
  sampleEvent: unknown,
  endpoints: LocalEndpoints,
): Promise<Counterpart> {
  const written = JSON.stringify(sqsEventSchema.parse(sampleEvent));
  const event = announceAnew(
    sqsEventSchema.parse(
      JSON.parse(
        renameQueues(
          written.replaceAll(SAMPLE_BUCKET, endpoints.mailBucket),
          endpoints.environment,
        ),
      ),
    ),
  );
  const s3 = new S3Client({
    endpoint: endpoints.awsEndpoint,
    region: endpoints.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });
  const lines = await layDownMails(event, readSampleMails(join(root, 'events/mail')), s3);
  s3.destroy();
  const variables = {
    MAIL_BUCKET: endpoints.mailBucket,
    TABLE_NAME: tableName(endpoints.environment),
    QUEUE_URL_BASE: endpoints.queueUrlBase,
  } satisfies FunctionEnvironment;
  const reachable = await reachLocalRun(endpoints);
  return {
    event,
    variables: { ...variables, ...reachable.variables },
    environmentName: endpoints.environment,
    ports: reachable.ports,
    async finish() {
      await reachable.close();
      return { lines, isSuccess: true };
    },
  };
}
