import {
  type AccountInspector,
  createAccountInspector,
} from '../adapters/aws/account-inspector.ts';
import { type BoundedClients, createBoundedClients } from '../adapters/aws/bounded-clients.ts';
import { createSqsQueueBrowser, type QueueBrowser } from '../adapters/aws/sqs-queue-browser.ts';
import type { Configuration } from '../mail/configuration/configuration-schema.ts';
import { readCommandLineEnvironment } from './environment.ts';
import { createDeployedQueueSource } from './queue/deployed-queue-source.ts';
import { createFileLookRecord, LOOK_RECORD_FILE } from './queue/look-record.ts';
import type { QueueSource } from './queue/queue-source.ts';

/** An AWS account as a command sees it. */
export interface OpenAccount extends BoundedClients {
  readonly account: AccountInspector;
  readonly browser: QueueBrowser;
  /**
   * What waits in the queues of an environment.
   *
   * @param isRiskAccepted Look although a message could go to its dead-letter queue by it. @default false
   */
  readonly createQueueSource: (
    configuration: Configuration,
    isRiskAccepted?: boolean,
  ) => QueueSource;
}

/** Opens the account that the surroundings of the command line name. Close it by `destroy`. */
export function openAccount(): OpenAccount {
  const clients = createBoundedClients(readCommandLineEnvironment().region);
  const browser = createSqsQueueBrowser(clients.sqs);
  return {
    ...clients,
    browser,
    account: createAccountInspector(clients.ses, clients.sts),
    createQueueSource: (configuration, isRiskAccepted = false) =>
      createDeployedQueueSource({
        configuration,
        browser,
        looks: createFileLookRecord(LOOK_RECORD_FILE),
        readNowMs: Date.now,
        isRiskAccepted,
      }),
  };
}
