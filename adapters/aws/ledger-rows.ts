import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ClaimResult, StoredDecision, StoredQuarantine } from '../../mail/ledger/ledger.ts';

/** An arrival as the table has it, as far as it is read. */
export interface ArrivalRow {
  readonly state: 'seen' | 'claimed' | 'decided' | 'done';
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly leaseUntil?: number;
  /** The token of the try that has it, or had it last. */
  readonly claimant?: string;
  readonly mailId?: string;
  /** Takings that were given back. */
  readonly failures?: number;
  /** What failed last. */
  readonly failureCode?: string;
  readonly failureStack?: string | null;
  /** {@link packDecision}. */
  readonly decided?: Uint8Array;
  /** {@link packQuarantine}. */
  readonly quarantine?: Uint8Array;
}

/**
 * What decisions have in common. With it a usual one takes 84 bytes and not 343, so that its
 * row stays in the one kilobyte that a write pays for.
 *
 * Rows cannot be read with another: where decisions have changed, this one stays.
 */
const DICTIONARY = Buffer.from(
  '"sameMessageIdAs":"m1-"decidedBy":{"kind":"unlisted-recipient"}"quarantined":[{"reason":"","code":"rule","dropped":[{"recipients":["@"],"reason":"' +
    '"condition":"any[0].subject"any[1].size"not.door"sender"header"headerFrom"attachment"value":null}' +
    '"value":"spam FAIL"}"value":"virus PASS"}{"condition":"all[0].verdict","matched":true,"value":"' +
    '"decidedBy":{"kind":"otherwise"}}]}],"quarantined":[],"dropped":[]},"repeats":[{"recipient":"@","arrivalId":"ses-1-"}],"servedQueues":["' +
    '{"sameMessageIdAs":null,"decision":{"destinations":[{"queue":"","recipients":["@example.com"],"tags":[],"trace":[{"recipients":["' +
    '"],"rules":[{"rule":"","matched":false,"checks":[{"condition":"any[0].verdict","matched":false,"value":"spam PASS"},' +
    '{"condition":"all[1].recipient","matched":false,"value":""}]},{"rule":"","matched":true,"checks":[{"condition":"recipient","matched":true,"value":"' +
    '"}]}],"decidedBy":{"kind":"rule","rule":""}}]}],"quarantined":[],"dropped":[]},"repeats":[],"servedQueues":[]}',
);

/** A decision without its `mailId`, which its row has. */
export const packDecision = ({ mailId: _, ...decided }: StoredDecision): Uint8Array =>
  deflateRawSync(JSON.stringify(decided), { dictionary: DICTIONARY });

// Only `packDecision` writes it.
const unpackDecision = (packed: Uint8Array): Omit<StoredDecision, 'mailId'> =>
  JSON.parse(inflateRawSync(packed, { dictionary: DICTIONARY }).toString()) as StoredDecision;

/** The decision that a row holds; one write sets its both attributes. */
export const readDecision = ({
  mailId,
  decided,
}: Pick<ArrivalRow, 'mailId' | 'decided'>): StoredDecision | undefined =>
  decided === undefined || mailId === undefined
    ? undefined
    : { mailId, ...unpackDecision(decided) };

/** Most of it is a stack, which is half as long then. */
export const packQuarantine = (quarantine: StoredQuarantine): Uint8Array =>
  deflateRawSync(JSON.stringify(quarantine));

// Only `packQuarantine` writes it.
const readQuarantine = ({ quarantine }: ArrivalRow): StoredQuarantine | undefined =>
  quarantine === undefined
    ? undefined
    : (JSON.parse(inflateRawSync(quarantine).toString()) as StoredQuarantine);

/** What a claim that was granted found. */
export function readClaim(arrivalId: string, row: ArrivalRow): ClaimResult {
  const { epoch, failures = 0, failureCode: code, failureStack: stack = null } = row;
  return {
    kind: 'claimed',
    claim: { arrivalId, epoch },
    stored: readDecision(row),
    quarantine: readQuarantine(row),
    deaths: epoch - 1 - failures,
    lastFailure: code === undefined ? undefined : { code, stack },
  };
}
