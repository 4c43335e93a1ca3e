import { LimitExceededError } from '../errors.ts';
import type { MailboxFolder } from '../ports/mailbox-ports.ts';

/** LIMIT: cursors of all folders stand in the mailbox's row. */
const MAX_FOLDERS = 100;

const isPattern = (name: string): boolean => /[*%]/.test(name) || name.startsWith('\\');

/** Whether the folders that a configuration names must be looked up on the server. */
export const needsFolderList = (names: readonly string[]): boolean => names.some(isPattern);

/** `INBOX` is one name in any case (RFC 3501 section 5.1). */
const foldInbox = (path: string): string => (/^inbox$/i.test(path) ? 'INBOX' : path);

const escapeText = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

function matchesName(name: string, { path, specialUse, delimiter }: MailboxFolder): boolean {
  if (name.startsWith('\\')) return specialUse?.toLowerCase() === name.toLowerCase();
  const level = delimiter === undefined ? '.*' : `(?:(?!${escapeText(delimiter)}).)*`;
  const source = foldInbox(name)
    .split(/([*%])/)
    .map((part) => (part === '*' ? '.*' : part === '%' ? level : escapeText(part)))
    .join('');
  return new RegExp(`^${source}$`, 'su').test(foldInbox(path));
}

/** Where polled mail is moved to must not be polled: what is there was polled already. */
const leaveOut = (paths: readonly string[], target: string | undefined): readonly string[] =>
  paths.filter(
    (path) => foldInbox(path) !== (target === undefined ? undefined : foldInbox(target)),
  );

/**
 * The paths of the folders that a configuration means, each once, in the configuration's order. A
 * name that stands for itself is taken as it is, there or not: opening it tells.
 *
 * @param there What the server has; needed where {@link needsFolderList} says so.
 * @param movedTo Where mail goes afterwards.
 * @throws {LimitExceededError} When a pattern finds more folders than 100.
 */
export function planFolders(
  names: readonly string[],
  there: readonly MailboxFolder[],
  movedTo: string | undefined,
): readonly string[] {
  const paths = names.flatMap((name) =>
    isPattern(name)
      ? there.filter((folder) => matchesName(name, folder)).map(({ path }) => foldInbox(path))
      : [foldInbox(name)],
  );
  const planned = leaveOut([...new Set(paths)], movedTo);
  if (planned.length > MAX_FOLDERS) {
    throw new LimitExceededError(
      `expected at most ${MAX_FOLDERS} folders, found ${planned.length}`,
      { fields: { maxFolders: MAX_FOLDERS, folders: planned.length } },
    );
  }
  return planned;
}
