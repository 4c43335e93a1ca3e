import { RE2JS } from 're2js';
import type { ConfigurationFault } from '../errors.ts';
import type { MailboxConfiguration } from './mailbox-schema.ts';

type Afterwards = MailboxConfiguration['afterwards'];

const readKind = (afterwards: Afterwards): string | undefined =>
  typeof afterwards === 'string' ? afterwards : Object.keys(afterwards)[0];

const POP3_AFTERWARDS: readonly (string | undefined)[] = ['leave', 'delete', 'deleteAfterDays'];

/** POP3 (RFC 1939) knows one folder without flags, and cannot search in it. */
function findPop3Faults({ folders, search, begin, afterwards }: MailboxConfiguration) {
  const faults: ConfigurationFault[] = [];
  if (folders.some((folder) => folder.toUpperCase() !== 'INBOX')) {
    const message = `expected ["INBOX"] with POP3, which has no other folder, came ${JSON.stringify(folders)}`;
    faults.push({ path: 'folders', message });
  }
  if (search !== undefined) {
    const message = 'expected no search with POP3, which cannot search; a rule can choose instead';
    faults.push({ path: 'search', message });
  }
  if (typeof begin === 'object') {
    const message = `expected "now" or "everything" with POP3, which does not say when a mail came in, came ${JSON.stringify(begin)}`;
    faults.push({ path: 'begin', message });
  }
  if (!POP3_AFTERWARDS.includes(readKind(afterwards))) {
    const message = `expected "leave", "delete" or { deleteAfterDays } with POP3, which has neither flags nor folders, came ${JSON.stringify(afterwards)}`;
    faults.push({ path: 'afterwards', message });
  }
  return faults;
}

/** `*` is any run of characters, `%` one that stays in its level (RFC 3501 section 6.3.8). */
function isMatch(pattern: string, folder: string): boolean {
  const source = pattern
    .split(/([*%])/)
    .map((piece) => {
      if (piece === '*') return '.*';
      return piece === '%' ? '[^/.]*' : RE2JS.quote(piece);
    })
    .join('');
  return RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).matches(folder);
}

function findMoveFaults(folders: readonly string[], target: string): readonly ConfigurationFault[] {
  const path = 'afterwards.move';
  if (/[*%]/.test(target)) {
    return [{ path, message: `expected the name of one folder, came ${JSON.stringify(target)}` }];
  }
  const polled = folders.find((folder) => isMatch(folder, target));
  if (polled === undefined) return [];
  const message = `expected a folder that is not polled itself, came ${JSON.stringify(target)}, which folders has as ${JSON.stringify(polled)}`;
  return [{ path, message }];
}

function findImapFaults({ afterwards, folders }: MailboxConfiguration) {
  if (typeof afterwards === 'string') return [];
  if ('move' in afterwards) return findMoveFaults(folders, afterwards.move);
  if (!('deleteAfterDays' in afterwards)) return [];
  const message =
    'expected another than deleteAfterDays with IMAP: only POP3 mail waits for its deletion; move it to a folder that the server empties';
  return [{ path: 'afterwards', message }];
}

/** What is asked of a protocol that it does not have; paths begin at the mailbox. */
export const findProtocolFaults = (mailbox: MailboxConfiguration): readonly ConfigurationFault[] =>
  mailbox.protocol === 'pop3' ? findPop3Faults(mailbox) : findImapFaults(mailbox);
