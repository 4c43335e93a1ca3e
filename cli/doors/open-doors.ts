import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { askAws } from '../../adapters/aws/ask-aws.ts';
import { type LocalEndpoints, readLocalEndpoints } from '../../local/endpoints.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { dropBucketName, mailBucketName } from '../../mail/configuration/resource-names.ts';
import { CommandError } from '../command-error.ts';
import { readCommandLineEnvironment } from '../environment.ts';
import { createClientSettings } from '../ledger/open-ledger.ts';
import type { ConfigurationOptions } from '../read-command-configuration.ts';

/** The buckets and queues of an environment: the local run of this folder, or what is deployed. */
export interface Doors {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** The environment that its resources are named by. */
  readonly environment: string;
  readonly mailBucket: string;
  readonly dropBucket: string;
  /** What stands before a queue's name in its URL. */
  readonly queueUrlBase: string;
  readonly isLocal: boolean;
  /** Closes the sockets; without it the process lingers. */
  readonly close: () => void;
}

/** Where an environment is. */
interface Place {
  readonly environment: string;
  readonly account: string;
  readonly region: string;
  readonly queueUrlBase: string;
}

async function findDeployed({ environment }: Configuration, sqs: SQSClient): Promise<Place> {
  const sts = new STSClient(createClientSettings(undefined));
  try {
    const { Account: account = '' } = await askAws('sts:GetCallerIdentity', () =>
      sts.send(new GetCallerIdentityCommand({})),
    );
    const region = await askAws('sts:GetCallerIdentity', () => sqs.config.region());
    const queueUrlBase = `https://sqs.${region}.amazonaws.com/${account}/`;
    return { environment, account, region, queueUrlBase };
  } finally {
    sts.destroy();
  }
}

/** @throws {CommandError} When no local run serves this folder. */
function readLocalPlace(command: string): LocalEndpoints {
  const endpoints = readLocalEndpoints();
  if (endpoints !== undefined) return endpoints;
  throw new CommandError(
    `${command}: no local run in this folder; start one with \`npm start\`, or name what is deployed with --env NAME`,
  );
}

/**
 * Opens the doors that a command works with.
 *
 * @param command Its name, for the message.
 * @throws {CommandError} When it is for the local run and none is on.
 * @throws {PeerUnavailableError} When AWS does not say whose account it is.
 */
export async function openDoors(
  command: string,
  configuration: Configuration,
  { env }: Pick<ConfigurationOptions, 'env'>,
): Promise<Doors> {
  const local = env === undefined ? readLocalPlace(command) : undefined;
  const settings = createClientSettings(local?.awsEndpoint);
  const isPathStyle = local !== undefined || readCommandLineEnvironment().isOwnEndpoint;
  const s3 = new S3Client({ ...settings, forcePathStyle: isPathStyle });
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const close = (): void => {
    s3.destroy();
    sqs.destroy();
  };
  try {
    const place = local ?? (await findDeployed(configuration, sqs));
    const { environment, account, region, queueUrlBase } = place;
    return {
      s3,
      sqs,
      environment,
      mailBucket: mailBucketName(environment, account, region),
      dropBucket: dropBucketName(environment, account, region),
      queueUrlBase,
      isLocal: local !== undefined,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
