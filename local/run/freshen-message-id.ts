import { randomBytes } from 'node:crypto';

/**
 * Gives a sample a Message-ID that no mail had before. Sent as it stands for a second time, it would
 * be the same mail to the same recipients, which is handled once.
 */
export function freshenMessageId(raw: Buffer): Buffer {
  const unique = randomBytes(6).toString('hex');
  // One byte a character, so that every other byte stays as it is.
  return Buffer.from(
    raw.toString('latin1').replace(/^Message-ID:\s*</im, (start) => `${start}${unique}.`),
    'latin1',
  );
}
