import { MailboxError } from '../../mail/errors.ts';
import { MAX_PENDING_CHANGES } from '../../mail/polling/poll-limits.ts';
import type { ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { describeFault } from './describe-fault.ts';
import { isOfFolder, type OpenRun, type PollRun, readChange } from './poll-run.ts';

/** A mail by its id alone, which is all that a change goes by. */
const nameMail = (id: string): ListedMail => ({
  id,
  bytes: 0,
  serverId: undefined,
  receivedAtMs: undefined,
});

/**
 * Notes mails whose change is owed; it stands in the row with the cursor, so that a crash between
 * the two leaves no mail unchanged.
 */
export function owePending(run: PollRun, opened: OpenedFolder, ids: readonly string[]): void {
  // POP3 deletes by its list of known mails, which it keeps anyway.
  if (readChange(run) === undefined || run.mailbox.protocol === 'pop3' || ids.length === 0) return;
  const { pending } = run.state;
  const owed = pending.reduce((sum, one) => sum + one.ids.length, 0);
  const { path: folder, generation } = opened;
  const before = pending.filter((one) => isOfFolder(one, opened)).flatMap((one) => one.ids);
  const kept = [...new Set([...before, ...ids])].slice(
    0,
    Math.max(before.length, MAX_PENDING_CHANGES - owed + before.length),
  );
  const others = pending.filter((one) => !isOfFolder(one, opened));
  run.state = { ...run.state, pending: [...others, { folder, generation, ids: kept }] };
}

/**
 * Makes the changes that are owed in the open folder. Where the server cannot, they stay owed, and
 * mail is fetched all the same.
 *
 * @throws {PeerUnavailableError | PeerProtocolError} When the session is over.
 */
export async function changePending(run: OpenRun, opened: OpenedFolder): Promise<void> {
  const change = readChange(run);
  const owed = run.state.pending.find((one) => isOfFolder(one, opened));
  if (change === undefined || owed === undefined) return;
  try {
    await run.session.changeMails(owed.ids.map(nameMail), change);
  } catch (error) {
    if (!(error instanceof MailboxError)) throw error;
    run.fault = describeFault(error);
    return;
  }
  run.counts.changed += owed.ids.length;
  // The next save has it; should there be none, the change is made again, which is harmless.
  run.state = { ...run.state, pending: run.state.pending.filter((one) => one !== owed) };
}
