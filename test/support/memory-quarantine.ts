import type { HeldMail, QuarantineWriter } from '../../mail/quarantine/quarantine.ts';

/** A quarantine in memory, with the view behind it that a test needs. */
export interface MemoryQuarantine extends QuarantineWriter {
  readonly held: readonly HeldMail[];
}

/** Makes a quarantine over plain memory. */
export function createMemoryQuarantine(): MemoryQuarantine {
  const held: HeldMail[] = [];
  return {
    held,
    holdMail(mail) {
      held.push(mail);
      return Promise.resolve();
    },
  };
}
