import type { SQSRecord } from 'aws-lambda';
import type { DeadLetterSource } from '../../mail/configuration/dead-letter-queues.ts';
import { ARRIVALS_QUEUE } from '../../mail/configuration/own-queues.ts';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { quarantineMessage } from '../quarantine-message.ts';
import { holdArrival } from './hold-arrival.ts';
import type { HoldDeadLettersPorts, HoldOutcome } from './ports.ts';

/** What a door's function could not do; its log says why, under the message's id. */
const FAILED_DOORS = {
  drops: { code: 'drop-failed', reason: 'enter-drops could not let in what was dropped' },
  reconcile: {
    code: 'reconcile-failed',
    reason: 'reconcile-arrivals could not look whether a mail was announced',
  },
} as const;

/**
 * Takes one dead letter to where a person finds it, or where it should have been. Doing it again is
 * harmless.
 *
 * @throws {ArrivalBusyError | ClaimLostError | PeerUnavailableError} After which it stays where it is.
 */
export async function holdDeadLetter(
  record: SQSRecord,
  source: DeadLetterSource,
  ports: HoldDeadLettersPorts,
  configuration: ParseMailConfiguration,
): Promise<HoldOutcome> {
  switch (source) {
    case 'arrivals':
      return holdArrival(record, ports, configuration);
    case 'arrivals-topic':
      // Delivered raw, so it is what SNS should have put there; a second copy is a repeat.
      await ports.queues.writeMessage(ARRIVALS_QUEUE, record.body);
      return 'forwarded';
    case 'drops':
    case 'reconcile': {
      const held = { record, ...FAILED_DOORS[source], stack: null, queue: source };
      await quarantineMessage(held, ports, { configuration });
      return 'held';
    }
  }
}
