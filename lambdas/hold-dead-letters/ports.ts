import type { Ledger } from '../../mail/ledger/ledger.ts';
import type { QueueWriter } from '../../mail/ports/door-ports.ts';
import type { HoldingPorts } from '../quarantine-failed.ts';

/** What holding dead letters needs of the world. */
export interface HoldDeadLettersPorts extends HoldingPorts {
  readonly ledger: Pick<
    Ledger,
    'claimArrival' | 'recordQuarantine' | 'listArrival' | 'finishArrival' | 'releaseArrival'
  >;
  readonly queues: QueueWriter;
  /** The bucket that holds raw mail; a notification for another is held as a message. */
  readonly mailBucket: string;
}

/** What came of a dead letter. */
export type HoldOutcome =
  /** It is in quarantine. */
  | 'held'
  /** It is in the arrivals queue, where it should have been. */
  | 'forwarded'
  /** Its mail was handled, or quarantined, before. */
  | 'handled'
  /** SES's setup notification. */
  | 'no-mail';
