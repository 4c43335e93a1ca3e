import { classifyRefusal, isServerTrouble } from './classify-failure.ts';
import { findRefusal, type Refusal } from './refusal.ts';

/** Tells mails that a server does not hand out from a server that hands out nothing. */
export interface RefusalCounter {
  /**
   * Reads a failure as the refusal of what was asked for.
   *
   * @throws The failure, when it is about the session or the server.
   */
  readonly readRefusal: (error: unknown) => Refusal;
  /**
   * Counts a mail that was refused alone.
   *
   * @returns What it was refused with, as it may be logged.
   * @throws {PostroomError} When it is one too many in a row.
   */
  readonly countRefusal: (refusal: Refusal) => string;
  /** A mail was handed out. */
  readonly reset: () => void;
}

/** Counts refusals of a session. */
export function createRefusalCounter(maxInARow: number): RefusalCounter {
  let inARow = 0;
  return {
    readRefusal(error) {
      const refusal = findRefusal(error);
      if (refusal === undefined || isServerTrouble(refusal)) throw error;
      return refusal;
    },
    countRefusal(refusal) {
      inARow += 1;
      if (inARow > maxInARow) throw classifyRefusal(refusal);
      return refusal.code ?? refusal.status;
    },
    reset() {
      inARow = 0;
    },
  };
}
