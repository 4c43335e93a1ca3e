import { MailboxError } from '../../mail/errors.ts';
import { canSearchChange } from '../../mail/configuration/search-schema.ts';
import { needsFolderList, planFolders } from '../../mail/polling/plan-folders.ts';
import { MAX_TROUBLED_MAILS } from '../../mail/polling/poll-limits.ts';
import type { MailboxSession } from '../../mail/ports/mailbox-ports.ts';
import { changePending } from './change-pending.ts';
import { describeFault } from './describe-fault.ts';
import { pollCursorFolder } from './poll-cursor-folder.ts';
import { pollListedFolder } from './poll-listed-folder.ts';
import type { OpenRun, PollRun } from './poll-run.ts';
import { retryTroubled } from './retry-troubled.ts';

/** The paths of the folders to poll. */
export async function listPaths(
  { mailbox }: PollRun,
  session: MailboxSession,
): Promise<readonly string[]> {
  const { folders, afterwards } = mailbox;
  const there = needsFolderList(folders) ? await session.listFolders() : [];
  const movedTo =
    typeof afterwards === 'object' && 'move' in afterwards ? afterwards.move : undefined;
  return planFolders(folders, there, movedTo);
}

/** Whether a cursor can tell what is new. */
const hasCursor = ({ mailbox: { protocol, search } }: PollRun): boolean =>
  protocol === 'imap' && (search === undefined || !canSearchChange(search));

/** Polls a folder. @returns Whether the next may be polled. */
async function pollFolder(run: OpenRun, path: string): Promise<boolean> {
  const opened = await run.session.openFolder(path);
  run.options.observe?.({ kind: 'folder', path, mails: opened.mails });
  const isDone = hasCursor(run)
    ? await pollCursorFolder(run, opened)
    : await pollListedFolder(run, opened);
  await changePending(run, opened);
  return isDone;
}

const isMissing = (error: MailboxError): boolean => error.code === 'folder-missing';

/**
 * Polls the folders of a mailbox one after the other. One that is missing is told of, and the others
 * are polled all the same.
 *
 * @throws {MailboxError} `folder-missing` when none of them is there: a poll that could look nowhere
 *   is no success, or a mailbox whose folder was renamed would fall silent unseen.
 * @throws {ClaimLostError | PeerUnavailableError | PeerProtocolError} What was settled before is saved.
 */
export async function pollFolders(run: OpenRun, paths: readonly string[]): Promise<void> {
  const troubled = run.state.troubled;
  // Without room for one more, the first mail in trouble would end the poll.
  const isFull = troubled.length >= MAX_TROUBLED_MAILS;
  if (isFull) await retryTroubled(run, troubled);
  let missing = 0;
  for (const path of paths) {
    try {
      if (!(await pollFolder(run, path))) break;
    } catch (error) {
      if (!(error instanceof MailboxError)) throw error;
      run.fault = describeFault(error);
      if (isMissing(error)) missing += 1;
    }
  }
  if (!isFull) await retryTroubled(run, troubled);
  if (missing === paths.length) {
    throw new MailboxError('folder-missing', 'expected a folder to poll, the mailbox has none');
  }
}
