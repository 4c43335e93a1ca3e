import { PostroomError } from '../mail/errors.ts';
import type { ArrivalClaim, ArrivalFailure, Ledger } from '../mail/ledger/ledger.ts';

/** Ends the lease after a failure. Where that fails too, the lease ends by itself. */
export async function giveBack(
  ledger: Pick<Ledger, 'releaseArrival'>,
  claim: ArrivalClaim,
  failure: ArrivalFailure,
): Promise<void> {
  try {
    await ledger.releaseArrival(claim, failure);
  } catch (lost) {
    if (!(lost instanceof PostroomError)) throw lost;
  }
}
