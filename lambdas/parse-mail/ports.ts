import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import type { ArrivalClaim, Ledger } from '../../mail/ledger/ledger.ts';
import type { ReadRawMail } from '../../mail/message/read-raw-mail.ts';
import type { Clock } from '../../mail/ports/clock.ts';
import type {
  ClaimWriter,
  EventSender,
  HandledMail,
  MimeParser,
  RawMailReader,
} from '../../mail/ports/ports.ts';
import type { QuarantineWriter } from '../../mail/quarantine/quarantine.ts';
import { type CompiledRules, compileRules } from '../../mail/rules/compile-rules.ts';

/** What the straight path needs of the world. */
export interface ReceiveMailPorts {
  readonly rawMail: RawMailReader;
  readonly claims: ClaimWriter;
  readonly events: EventSender;
  readonly mime: MimeParser;
  readonly ledger: Ledger;
  readonly quarantine: QuarantineWriter;
  readonly clock: Clock;
  /** The bucket that SES writes to; a notification for another is refused. */
  readonly mailBucket: string;
}

/** A configuration that holds for one batch, its rules ready for use. */
export interface ActiveRules {
  readonly compiled: CompiledRules;
  readonly configuration: ParseMailConfiguration;
}

/** Compiles the rules of a configuration. */
export const createActiveRules = (configuration: ParseMailConfiguration): ActiveRules => ({
  compiled: compileRules(configuration),
  configuration,
});

/** An arrival that is claimed and read. */
export interface ReadArrival {
  readonly arrived: ArrivedMail;
  readonly claim: ArrivalClaim;
  readonly read: ReadRawMail;
  /** A person has let it out of quarantine. */
  readonly isReleased: boolean;
}

/** What came of a record: a mail handled, a repeat swallowed, or nothing to do. */
export type ReceivedRecord =
  | { readonly kind: 'handled'; readonly mail: HandledMail }
  | { readonly kind: 'repeat' }
  /** SES's setup notification. */
  | { readonly kind: 'setup' };
