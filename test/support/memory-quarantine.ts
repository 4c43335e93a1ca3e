import type { HeldMail, HeldMessage, QuarantineWriter } from '../../mail/quarantine/quarantine.ts';

/** A quarantine in memory, with the view behind it that a test needs. */
export interface MemoryQuarantine extends QuarantineWriter {
  readonly held: readonly HeldMail[];
}

/** Makes a quarantine over plain memory. */
export function createMemoryQuarantine(): MemoryQuarantine {
  const held: HeldMail[] = [];
  const messages = new Map<string, HeldMessage>();
  return {
    held,
    holdMail(mail) {
      held.push(mail);
      return Promise.resolve();
    },
    holdMessage(message) {
      const known = messages.get(message.heldId) ?? message;
      if (known === message) {
        messages.set(message.heldId, message);
        held.push(message);
      }
      return Promise.resolve(known);
    },
  };
}
