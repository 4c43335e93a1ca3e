import {
  createListKey,
  type KnownList,
  parseKnownList,
  readDayNumber,
  writeKnownList,
} from '../../mail/polling/known-list.ts';
import { LimitExceededError } from '../../mail/errors.ts';
import { MAX_LISTED_MAILS } from '../../mail/polling/poll-limits.ts';
import type { ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { createListName } from './create-list-name.ts';
import { countBacklog, endBacklog } from './end-backlog.ts';
import { planFolderCursor } from './plan-folder-cursor.ts';
import { type OpenRun, readChange, saveRun, setCursor } from './poll-run.ts';
import { type FolderWalk, takeListed } from './take-listed.ts';

/** The day of mails that are known and not safe with us: they are never deleted. */
const NOT_OURS = 0;

/** A folder whose mails are told apart by a list. */
interface ListedFolder {
  readonly run: OpenRun;
  readonly opened: OpenedFolder;
  readonly today: number;
  readonly known: Map<string, number>;
  /** Whether `known` is another than what is stored. */
  isChanged: boolean;
}

const keyOf = ({ opened }: ListedFolder, { id }: ListedMail): string =>
  createListKey(opened.generation, id);

const readCursor = ({ run, opened }: ListedFolder) =>
  run.state.folders.get(opened.path) ?? planFolderCursor(run, opened);

/**
 * Writes the list under a name of this claim's own, and lets the row name it: a holder whose lease
 * is over writes a list that no row will name.
 */
async function persistList(folder: ListedFolder): Promise<void> {
  if (!folder.isChanged) return;
  const { run, opened, known } = folder;
  const { mailbox, ports, claim } = run;
  const name = createListName(mailbox.protocol, opened.path, claim.epoch);
  await ports.knownLists.writeList(mailbox.name, name, writeKnownList(known));
  setCursor(run, opened.path, { ...readCursor(folder), list: name });
  folder.isChanged = false;
}

function createListedWalk(folder: ListedFolder): FolderWalk {
  const { run, opened, known, today } = folder;
  return {
    opened,
    isListed: true,
    get cursor() {
      return readCursor(folder);
    },
    advance(settled) {
      for (const { mail, isSafe } of settled) {
        known.set(keyOf(folder, mail), isSafe ? today : NOT_OURS);
        folder.isChanged = true;
      }
      const { backlog, ...cursor } = readCursor(folder);
      if (backlog === undefined) return;
      setCursor(run, opened.path, { ...cursor, backlog: countBacklog(backlog, settled) });
    },
    persist: () => persistList(folder),
  };
}

/** @throws {LimitExceededError} When the server lists more than fits. */
async function listAll({ session, mailbox }: OpenRun): Promise<readonly ListedMail[]> {
  const { search } = mailbox;
  const mails = new Map<string, ListedMail>();
  const selection =
    search === undefined
      ? ({ kind: 'all' } as const)
      : ({ kind: 'search', criteria: search, firstUid: 1 } as const);
  for await (const mail of session.listMails(selection)) {
    mails.set(mail.id, mail);
    if (mails.size > MAX_LISTED_MAILS) {
      throw new LimitExceededError(`expected at most ${MAX_LISTED_MAILS} mails, came more`, {
        fields: { maxMails: MAX_LISTED_MAILS },
      });
    }
  }
  return [...mails.values()];
}

async function readList(run: OpenRun, opened: OpenedFolder): Promise<KnownList | undefined> {
  const name = run.state.folders.get(opened.path)?.list;
  if (name === undefined) return undefined;
  const bytes = await run.ports.knownLists.readList(run.mailbox.name, name);
  return bytes === undefined ? undefined : parseKnownList(bytes);
}

/** Forgets what is not there any more, so that the list does not outgrow the folder. */
function forgetGone(folder: ListedFolder, there: readonly ListedMail[]): void {
  const keys = new Set(there.map((mail) => keyOf(folder, mail)));
  for (const key of folder.known.keys()) {
    if (keys.has(key)) continue;
    folder.known.delete(key);
    folder.isChanged = true;
  }
}

/** Days that a mail stays in a POP3 mailbox after it is safe; undefined for ever. */
function readDaysToStay(run: OpenRun): number | undefined {
  const { afterwards } = run.mailbox;
  if (run.mailbox.protocol !== 'pop3' || readChange(run) === undefined) return undefined;
  return typeof afterwards === 'object' && 'deleteAfterDays' in afterwards
    ? afterwards.deleteAfterDays
    : 0;
}

/** Deletes the mails of a POP3 mailbox whose time has come; when the session ends, they are gone. */
async function deleteDue(folder: ListedFolder, there: readonly ListedMail[]): Promise<boolean> {
  const { run, known, today } = folder;
  const days = readDaysToStay(run);
  if (days === undefined) return false;
  const due = there.filter((mail) => {
    const day = known.get(keyOf(folder, mail)) ?? NOT_OURS;
    return day !== NOT_OURS && day + days <= today;
  });
  if (due.length === 0) return false;
  await run.session.changeMails(due, { kind: 'delete' });
  run.counts.changed += due.length;
  return true;
}

/** POP3: whether the mailbox is as it was when its list was last compared, this same day. */
function isUntouched({ run, opened, today }: Omit<ListedFolder, 'known'>): boolean {
  const stat = run.state.folders.get(opened.path)?.stat;
  if (stat?.day !== today) return false;
  return stat.mails === opened.mails && stat.bytes === opened.bytes;
}

/** What a mailbox held before it was first polled, and is not wanted of it. */
const isAllPassed = ({ mailbox, isFirst }: OpenRun): boolean => isFirst && mailbox.begin === 'now';

/** Takes what is not on the list. @returns Whether all is settled. */
async function takeUnknown(folder: ListedFolder, there: readonly ListedMail[]): Promise<boolean> {
  const { run, known } = folder;
  const walk = createListedWalk(folder);
  const unknown = there.filter((mail) => !known.has(keyOf(folder, mail)));
  if (isAllPassed(run)) {
    walk.advance(unknown.map((mail) => ({ mail, choice: 'old', isSafe: false })));
    run.counts.passedOver += unknown.length;
    return true;
  }
  return takeListed(run, walk, unknown);
}

/**
 * Polls a folder where no cursor can tell what is new: a POP3 mailbox, or a search by what can
 * change. A list of known mails tells; it is read only where the server shows something else than
 * the last time, and daily.
 *
 * @returns Whether nothing is left; else `run.stop` says why.
 * @throws {ClaimLostError | PeerUnavailableError | PeerProtocolError} What was settled before is saved.
 */
export async function pollListedFolder(run: OpenRun, opened: OpenedFolder): Promise<boolean> {
  const today = readDayNumber(run.ports.clock.now());
  if (isUntouched({ run, opened, today, isChanged: false })) return true;
  const before = run.state.folders.get(opened.path)?.list;
  const list = await readList(run, opened);
  // A list that is lost is a cursor that is lost.
  const isLost = before !== undefined && list === undefined;
  if (isLost) setCursor(run, opened.path, { generation: 'lost', lastUid: 0 });
  setCursor(run, opened.path, { ...planFolderCursor(run, opened), lastUid: 0 });
  const folder: ListedFolder = { run, opened, today, known: new Map(list), isChanged: false };
  const there = await listAll(run);
  const isDone = await takeUnknown(folder, there);
  if (isDone) {
    forgetGone(folder, there);
    setCursor(run, opened.path, await endBacklog(run, opened, readCursor(folder)));
  }
  await persistList(folder);
  // Deletions come after the row that says what is safe.
  const isDeleting = readDaysToStay(run) !== undefined;
  if (isDeleting) await saveRun(run);
  const isDeleted = await deleteDue(folder, there);
  noteStat(folder, isDone && !isDeleted);
  await removeOld(run, opened, before);
  return isDone;
}

/** Lets the next poll see that nothing has changed; where much is left or deleted, it has to look. */
function noteStat(folder: ListedFolder, isSame: boolean): void {
  const { run, opened, today } = folder;
  const { stat: _, ...cursor } = readCursor(folder);
  const { mails, bytes } = opened;
  const isKept = isSame && bytes !== undefined;
  setCursor(run, opened.path, isKept ? { ...cursor, stat: { mails, bytes, day: today } } : cursor);
}

/** Removes the list that the row named before, once it names another. */
async function removeOld(run: OpenRun, { path }: OpenedFolder, before: string | undefined) {
  if (before === undefined || before === run.state.folders.get(path)?.list) return;
  await saveRun(run);
  await run.ports.knownLists.removeList(run.mailbox.name, before);
}
