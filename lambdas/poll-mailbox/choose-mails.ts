import { Readable } from 'node:stream';
import {
  createFingerprint,
  createPolledMail,
  readReceivedMs,
} from '../../mail/polling/create-polled-mail.ts';
import { FINGERPRINT_FIELDS } from '../../mail/polling/fingerprint.ts';
import type { FolderCursor } from '../../mail/polling/mailbox-state.ts';
import type { ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { createBodyWish } from '../../mail/rules/wants-body.ts';
import type { OpenRun } from './poll-run.ts';
import { tellOversize } from './tell-oversize.ts';

/** What a mail turned out to be before it was fetched. */
export type Choice =
  | 'wanted'
  /** Came in before what is wanted, or before what is remembered. */
  | 'old'
  /** Was handled before, and its UID was another then. */
  | 'met'
  /** Is safe with us already: its change in the mailbox may still be owed. */
  | 'safe'
  | 'oversize'
  /** No rule wants more than its header. */
  | 'unwanted';

/** A folder, and what is known of it. */
export interface ChoosingFolder {
  readonly opened: OpenedFolder;
  readonly cursor: FolderCursor;
  /** Whether a list tells what is new there, and not a cursor. */
  readonly isListed: boolean;
}

type Choices = Map<string, Choice>;

/** Mails that nothing was said of yet. */
const listOpen = (mails: readonly ListedMail[], choices: Choices): readonly ListedMail[] =>
  mails.filter(({ id }) => !choices.has(id));

/** Headers by id; a mail that is gone has none. */
async function readHeaders(
  { session }: OpenRun,
  mails: readonly ListedMail[],
  fields?: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const headers = new Map<string, Buffer>();
  if (mails.length === 0) return headers;
  for await (const { mail, header } of session.readHeaders(mails, fields)) {
    headers.set(mail.id, header);
  }
  return headers;
}

/** The mails of a folder that its backlog speaks of. POP3 has no UIDs: there it is all of them. */
function listBacklog(mails: readonly ListedMail[], { cursor }: ChoosingFolder, isPop3: boolean) {
  const { backlog } = cursor;
  if (backlog === undefined) return [];
  return mails.filter(({ id }) => isPop3 || Number(id) <= backlog.untilUid);
}

async function findOld(
  run: OpenRun,
  folder: ChoosingFolder,
  mails: readonly ListedMail[],
  choices: Choices,
): Promise<void> {
  const sinceMs = folder.cursor.backlog?.sinceMs ?? 0;
  if (sinceMs === 0) return;
  const timeless = mails.filter(({ receivedAtMs }) => receivedAtMs === undefined);
  const headers = await readHeaders(run, timeless, ['Received']);
  for (const { id, receivedAtMs } of mails) {
    const header = headers.get(id);
    const ms = receivedAtMs ?? (header === undefined ? undefined : readReceivedMs(header));
    // A mail that nothing tells the age of is taken: once too often is better than never.
    if (ms !== undefined && ms < sinceMs) choices.set(id, 'old');
  }
}

/** The fingerprints of mails, by id; headers are asked for only where nothing else tells. */
async function readFingerprints(run: OpenRun, mails: readonly ListedMail[]) {
  const { protocol } = run.mailbox;
  const bare = protocol === 'pop3' ? [] : mails.filter(({ serverId }) => serverId === undefined);
  const headers = await readHeaders(run, bare, FINGERPRINT_FIELDS);
  return mails.map((mail) => {
    const header = headers.get(mail.id) ?? Buffer.alloc(0);
    return { mail, fingerprint: createFingerprint(protocol, mail, header) };
  });
}

/** Whether a mail was taken under the UID that it has now: by a poll that died before its cursor. */
function isOwnArrival(
  { mailbox, ports, state }: OpenRun,
  { opened }: ChoosingFolder,
  mail: ListedMail,
  arrivalId: string,
): boolean {
  // An arrival that goes by the server's id tells nothing of UIDs.
  if (mail.serverId !== undefined) return false;
  const { mailBucket } = ports;
  const place = { mailbox, folder: opened, mailBucket, begunAtMs: state.begunAtMs };
  return createPolledMail(place, mail, Buffer.alloc(0)).arrival.arrivalId === arrivalId;
}

async function findKnown(
  run: OpenRun,
  folder: ChoosingFolder,
  mails: readonly ListedMail[],
  choices: Choices,
): Promise<void> {
  const { mailbox, ports, isSpread } = run;
  const isPop3 = mailbox.protocol === 'pop3';
  const { backlog } = folder.cursor;
  const isCompared = backlog !== undefined && backlog.kind !== 'begin';
  const compared = new Set(isCompared ? listBacklog(mails, folder, isPop3) : []);
  const asked = mails.filter(
    (mail) =>
      compared.has(mail) ||
      (!isPop3 && folder.isListed) ||
      (isSpread && mail.serverId !== undefined),
  );
  const fingerprints = await readFingerprints(run, asked);
  const known = await ports.states.findKnown(
    mailbox.name,
    fingerprints.map(({ fingerprint }) => fingerprint),
  );
  for (const { mail, fingerprint } of fingerprints) {
    const arrivalId = known.get(fingerprint);
    if (arrivalId === undefined) continue;
    const isMet = compared.has(mail) && !isOwnArrival(run, folder, mail, arrivalId);
    choices.set(mail.id, isMet ? 'met' : 'safe');
  }
}

/** Mail above the limit: an event tells of it, with its header where that is wanted. */
async function findOversize(
  run: OpenRun,
  { opened }: ChoosingFolder,
  mails: readonly ListedMail[],
  choices: Choices,
): Promise<void> {
  const large = mails.filter(({ bytes }) => bytes > run.mailbox.maxMailBytes);
  const isShown = run.mailbox.oversize === 'headers-only';
  const headers = isShown ? await readHeaders(run, large) : new Map<string, Buffer>();
  for (const mail of large) {
    await tellOversize(run, opened, mail, headers.get(mail.id));
    choices.set(mail.id, 'oversize');
  }
}

/** With `headersFirst`: mail of which no rule wants more than its header. */
async function findUnwanted(
  run: OpenRun,
  { opened }: ChoosingFolder,
  mails: readonly ListedMail[],
  choices: Choices,
): Promise<void> {
  const { mailbox, ports, state } = run;
  if (!mailbox.headersFirst) return;
  const wantsBody = createBodyWish(ports.readConfiguration());
  const place = {
    mailbox,
    folder: opened,
    mailBucket: ports.mailBucket,
    begunAtMs: state.begunAtMs,
  };
  const headers = await readHeaders(run, mails);
  for (const mail of mails) {
    const header = headers.get(mail.id);
    if (header === undefined) continue;
    const { arrival, envelope, verdicts } = createPolledMail(place, mail, header);
    const isWanted = wantsBody({
      door: arrival.door,
      mailbox: mailbox.name,
      envelope,
      mail: await ports.mime.readMail(Readable.from([header])),
      bytes: mail.bytes,
      verdicts,
      isReleased: false,
    });
    if (!isWanted) choices.set(mail.id, 'unwanted');
  }
}

/**
 * Says of each mail what it is before anything of its body is fetched.
 *
 * @returns By id.
 * @throws {PeerUnavailableError | PeerProtocolError}
 */
export async function chooseMails(
  run: OpenRun,
  folder: ChoosingFolder,
  mails: readonly ListedMail[],
): Promise<ReadonlyMap<string, Choice>> {
  const choices: Choices = new Map();
  const isPop3 = run.mailbox.protocol === 'pop3';
  await findOld(run, folder, listBacklog(mails, folder, isPop3), choices);
  await findKnown(run, folder, listOpen(mails, choices), choices);
  await findOversize(run, folder, listOpen(mails, choices), choices);
  await findUnwanted(run, folder, listOpen(mails, choices), choices);
  for (const { id } of listOpen(mails, choices)) choices.set(id, 'wanted');
  return choices;
}
