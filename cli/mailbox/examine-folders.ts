import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import { MailboxError } from '../../mail/errors.ts';
import { planFolders } from '../../mail/polling/plan-folders.ts';
import type { MailboxFolder, MailboxSession } from '../../mail/ports/mailbox-ports.ts';
import { type Finding, findRight, findWrong } from '../doctor/finding.ts';
import { formatCount } from '../output/style.ts';

/** A folder that the server has. */
export interface ExaminedFolder {
  readonly path: string;
  readonly specialUse: string | null;
  /** How many mails it holds; null where it was not opened. */
  readonly mails: number | null;
  readonly isPolled: boolean;
}

/** What was found of a mailbox's folders. */
export interface ExaminedFolders {
  readonly folders: readonly ExaminedFolder[];
  readonly findings: readonly Finding[];
}

/** LIMIT: folders that are opened to be counted, those that are polled first. */
const MAX_OPENED = 100;
/** LIMIT: folders that are named in one line. */
const MAX_NAMED = 20;

function nameFolders(there: readonly MailboxFolder[]): string {
  const more = there.length - MAX_NAMED;
  const named = there.slice(0, MAX_NAMED).map(({ path }) => path);
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

const readTarget = ({ afterwards }: MailboxConfiguration): string | undefined =>
  typeof afterwards === 'object' && 'move' in afterwards ? afterwards.move : undefined;

const isSame = (one: string, other: string): boolean =>
  one === other || (/^inbox$/i.test(one) && /^inbox$/i.test(other));

/** Whether a name of the configuration finds a folder. */
function findFolder(
  name: string,
  there: readonly MailboxFolder[],
  target: string | undefined,
): Finding {
  const paths = planFolders([name], there, target);
  const found = paths.filter((path) => there.some((folder) => isSame(folder.path, path)));
  if (found.length > 0) return findRight('folder', `${name} is there`);
  if (paths.length === 0 && target !== undefined && isSame(name, target)) {
    return findWrong(
      'folder',
      `${name} is where mail is moved to, so it is not polled; poll another`,
    );
  }
  return findWrong(
    'folder',
    `the server has no folder ${name}; it has ${nameFolders(there)}: name one of these in folders`,
  );
}

/** @returns null when it cannot be opened. */
async function countMails(session: MailboxSession, path: string): Promise<number | null> {
  try {
    return (await session.openFolder(path)).mails;
  } catch (error) {
    if (error instanceof MailboxError) return null;
    throw error;
  }
}

function examineTarget(
  target: string | undefined,
  there: readonly MailboxFolder[],
): readonly Finding[] {
  if (target === undefined) return [];
  const isThere = there.some(({ path }) => isSame(path, target));
  const text = isThere
    ? `${target} is there to move to`
    : `${target} will be made by the first move`;
  return [findRight('afterwards', text)];
}

/**
 * Lists the folders, counts the mails in them, and compares them with the configuration. Opens them
 * by EXAMINE: the session must be read-only.
 *
 * @throws {PeerUnavailableError | PeerProtocolError | LimitExceededError}
 */
export async function examineFolders(
  session: MailboxSession,
  mailbox: MailboxConfiguration,
): Promise<ExaminedFolders> {
  const there = await session.listFolders();
  const target = readTarget(mailbox);
  const polled = planFolders(mailbox.folders, there, target);
  const isPolled = ({ path }: MailboxFolder): boolean => polled.some((one) => isSame(one, path));
  const ordered = [...there.filter(isPolled), ...there.filter((folder) => !isPolled(folder))];
  const folders: ExaminedFolder[] = [];
  for (const [index, folder] of ordered.entries()) {
    const { path, specialUse = null } = folder;
    const mails = index < MAX_OPENED ? await countMails(session, path) : null;
    folders.push({ path, specialUse, mails, isPolled: isPolled(folder) });
  }
  const polledMails = folders.reduce((sum, one) => sum + (one.isPolled ? (one.mails ?? 0) : 0), 0);
  return {
    folders,
    findings: [
      ...mailbox.folders.map((name) => findFolder(name, there, target)),
      ...examineTarget(target, there),
      findRight('mails', `${formatCount(polledMails, 'mail')} in what is polled`),
    ],
  };
}
