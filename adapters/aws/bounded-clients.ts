import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESClient } from '@aws-sdk/client-ses';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { askAws } from './ask-aws.ts';

/** Clients for a person who waits: each request fails within seconds. */
export interface BoundedClients {
  readonly secretsManager: SecretsManagerClient;
  readonly ses: SESClient;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
  /** The region that requests go to. @throws {PeerUnavailableError} When nothing names one. */
  readonly readRegion: () => Promise<string>;
  /** Closes their sockets; without it the process lingers. */
  readonly destroy: () => void;
}

const CONNECTION_TIMEOUT_MS = 3_000;
/** LIMIT: above the 20 s that a long poll of SQS may take there would be no answer to wait for. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Creates the clients of the command line. They honour `AWS_PROFILE` and `AWS_ENDPOINT_URL`. */
export function createBoundedClients(region: string | undefined): BoundedClients {
  const settings = {
    ...(region === undefined ? {} : { region }),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Without this the timeout is only a warning.
      throwOnRequestTimeout: true,
    },
  };
  const secretsManager = new SecretsManagerClient(settings);
  const ses = new SESClient(settings);
  // A queue's address names the public host; AWS_ENDPOINT_URL has to win over it.
  const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
  const sts = new STSClient(settings);
  return {
    secretsManager,
    ses,
    sqs,
    sts,
    readRegion: () => askAws('sts:GetCallerIdentity', () => sts.config.region()),
    destroy: () => {
      for (const client of [secretsManager, ses, sqs, sts]) client.destroy();
    },
  };
}
