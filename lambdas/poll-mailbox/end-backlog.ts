import type { Backlog, FolderCursor } from '../../mail/polling/mailbox-state.ts';
import type { OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import type { OpenRun } from './poll-run.ts';
import type { SettledMail } from './take-listed.ts';
import { tellMailboxEvent } from './tell-mailbox-event.ts';

/** Counts what became of a backlog's mails. */
export function countBacklog(backlog: Backlog, settled: readonly SettledMail[]): Backlog {
  const count = (isCounted: (one: SettledMail) => boolean): number =>
    settled.filter(isCounted).length;
  return {
    ...backlog,
    passedOver: backlog.passedOver + count(({ choice }) => choice === 'old'),
    known: backlog.known + count(({ choice }) => choice === 'met'),
    fetched: backlog.fetched + count(({ choice, isSafe }) => choice === 'wanted' && isSafe),
  };
}

/**
 * Ends a backlog of which every mail is settled: an event gives the numbers where a server had
 * numbered its mails anew.
 *
 * @returns The cursor without it.
 * @throws {PeerUnavailableError} When the event could not be sent: the backlog stays.
 */
export async function endBacklog(
  { mailbox, ports }: OpenRun,
  { path, generation }: OpenedFolder,
  { backlog, ...cursor }: FolderCursor,
): Promise<FolderCursor> {
  if (backlog?.kind === 'resync') {
    const { passedOver, known, fetched } = backlog;
    const told = { folder: path, passedOver, known, fetched };
    const occasion = JSON.stringify([path, generation]);
    await tellMailboxEvent(mailbox, { type: 'mailbox.resynced', occasion, told }, ports);
  }
  return cursor;
}
