import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';
const LENGTH = 40;

/** A message id as Amazon SES gives to mail that it receives: 40 of 0-9 and a-v. */
export const createSesMessageId = (): string =>
  Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
