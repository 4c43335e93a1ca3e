import { createSqsRetryDelayer } from '../../adapters/aws/sqs-retry-delayer.ts';
import type { RetryDelayer } from '../../mail/ports/ports.ts';
import type { LocalClients } from '../emulators/create-clients.ts';

export interface LocalRetryDelayerOptions {
  readonly clients: Pick<LocalClients, 'sqs'>;
  readonly queueUrlBase: string;
  /** Seconds that a record waits at the most; `Infinity` for as long as deployed. */
  readonly maxRetrySeconds: number;
}

/** Says when a record that failed comes back, as deployed but for a bound. */
export function createLocalRetryDelayer({
  clients,
  queueUrlBase,
  maxRetrySeconds,
}: LocalRetryDelayerOptions): RetryDelayer {
  const retries = createSqsRetryDelayer(clients.sqs, queueUrlBase);
  return {
    delayRetry: (message, delaySeconds) =>
      retries.delayRetry(message, Math.min(delaySeconds, maxRetrySeconds)),
  };
}
