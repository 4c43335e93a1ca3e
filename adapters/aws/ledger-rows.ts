import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ClaimResult, StoredDecision } from '../../mail/ledger/ledger.ts';

/** An arrival as the table has it, as far as it is read. */
export interface ArrivalRow {
  readonly state: 'seen' | 'claimed' | 'decided' | 'done';
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly leaseUntil?: number;
  /** {@link packDecision}. */
  readonly decided?: Uint8Array;
}

/** A decision is mostly names of rules, which repeat: a fifth of its JSON. */
export const packDecision = (decided: StoredDecision): Uint8Array =>
  deflateRawSync(JSON.stringify(decided));

// Only `packDecision` writes it.
const unpackDecision = (packed: Uint8Array): StoredDecision =>
  JSON.parse(inflateRawSync(packed).toString()) as StoredDecision;

/** What a claim that was granted found. */
export const readClaim = (arrivalId: string, { epoch, decided }: ArrivalRow): ClaimResult => ({
  kind: 'claimed',
  claim: { arrivalId, epoch },
  stored: decided === undefined ? undefined : unpackDecision(decided),
});
