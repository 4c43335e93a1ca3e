import { createPollPorts } from '../../local/mailboxes/create-poll-ports.ts';
import type { PollPorts } from '../../lambdas/poll-mailbox/ports.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { openDoors } from '../doors/open-doors.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { openCredentials } from '../mailbox/open-credentials.ts';
import type { ConfigurationOptions } from '../read-command-configuration.ts';

/** What a poll of a person works with. */
export interface OpenPollPlace {
  readonly ports: PollPorts;
  /** Closes the sockets; without it the process lingers. */
  readonly close: () => void;
}

/**
 * Opens the local run of this folder, or with `--env` what is deployed, to poll into it.
 *
 * @throws {CommandError} When it is for the local run and none is on.
 * @throws {PeerUnavailableError} When AWS does not say whose account it is.
 */
export async function openPollPlace(
  configuration: Configuration,
  options: Pick<ConfigurationOptions, 'env'>,
): Promise<OpenPollPlace> {
  const doors = await openDoors('poll', configuration, options);
  const ledger = openLedger('poll', configuration, options);
  const secrets = openCredentials(configuration, options);
  const { s3, sqs, mailBucket, environment, queueUrlBase } = doors;
  const { dynamodb, table } = ledger;
  const { credentials } = secrets;
  const place = { s3, sqs, dynamodb, table, mailBucket, environment, queueUrlBase, credentials };
  return {
    ports: createPollPorts({ ...place, readConfiguration: () => configuration }),
    close() {
      for (const one of [doors, ledger, secrets]) one.close();
    },
  };
}
