import type { DispatchPollsConfiguration } from '../../mail/configuration/dispatch-polls-configuration.ts';
import { isStaleUntold } from '../../mail/polling/is-stale.ts';
import type { MailboxRow } from '../../mail/polling/mailbox-state.ts';
import { tellStale } from '../poll-mailbox/tell-stale.ts';
import type { DispatchPollsPorts } from './ports.ts';
import { cutInto, runInGroups } from './run-in-groups.ts';

type Mailboxes = DispatchPollsConfiguration['mailboxes'];

/** LIMIT: rows that are held at once; each may have 100 folders in it. */
const MAX_ROWS = 100;

async function tellOfSome(mailboxes: Mailboxes, ports: DispatchPollsPorts): Promise<number> {
  const { states, clock } = ports;
  const names = mailboxes.map(({ name }) => name);
  const rows = new Map<string, MailboxRow>(
    (await states.readStates(names)).map((row) => [row.mailbox, row]),
  );
  let told = 0;
  await runInGroups(mailboxes, async (mailbox) => {
    const row = rows.get(mailbox.name);
    // From now on its silence counts: polls that never begin would leave no trace.
    if (row === undefined) return states.noteMailbox(mailbox.name);
    if (!isStaleUntold(row, mailbox, clock.now())) return;
    await tellStale(mailbox, row, ports);
    told += 1;
  });
  return told;
}

/**
 * Tells of mailboxes that were not polled with success for as long as their freshness objective
 * allows. Polls that fail tell it themselves; this is for those that nothing wakes up or that die.
 *
 * @returns Of how many it was told.
 * @throws {PeerUnavailableError}
 */
export async function tellSilentMailboxes(
  mailboxes: Mailboxes,
  ports: DispatchPollsPorts,
): Promise<number> {
  let told = 0;
  for (const some of cutInto(mailboxes, MAX_ROWS)) told += await tellOfSome(some, ports);
  return told;
}
