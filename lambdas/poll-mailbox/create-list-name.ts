import { createHash } from 'node:crypto';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** What the list of a folder is called that a claim writes. Tells nothing of the folder's name. */
export const createListName = (protocol: 'imap' | 'pop3', path: string, epoch: number): string =>
  protocol === 'pop3' ? `pop3-known-${epoch}` : `search-${hash(path)}-known-${epoch}`;
