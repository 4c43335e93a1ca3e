import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { PeerProtocolError, PostroomError } from '../../mail/errors.ts';
import { createFingerprint, createPolledMail } from '../../mail/polling/create-polled-mail.ts';
import { createHeaderTap, createOversizeError, cutHeader } from '../../mail/polling/header-tap.ts';
import { MAX_STORING_BYTES, MAX_STORING_MAILS } from '../../mail/polling/poll-limits.ts';
import type { FetchedMail, ListedMail, OpenedFolder } from '../../mail/ports/mailbox-ports.ts';
import { createByteGate } from './byte-gate.ts';
import type { OpenRun } from './poll-run.ts';

/** A mail whose bytes are in S3. */
export interface StoredMail {
  readonly kind: 'stored';
  readonly mail: ListedMail;
  readonly arrived: ArrivedMail;
  readonly fingerprint: string;
  readonly bytes: number;
}

/** What became of one mail. */
export type StoreOutcome =
  | StoredMail
  | { readonly kind: 'gone' }
  /** The server did not hand it out, or broke off in the middle of it. */
  | { readonly kind: 'unfetched'; readonly error: unknown; readonly code: string | undefined }
  /** S3 did not take it. */
  | { readonly kind: 'unstored'; readonly error: unknown };

/** What became of some mails; one that is missing was not reached. */
export interface StoreResult {
  /** By id. */
  readonly outcomes: ReadonlyMap<string, StoreOutcome>;
  /** What ended the fetching early. */
  readonly failure: { readonly error: unknown } | undefined;
}

interface Piece {
  readonly run: OpenRun;
  readonly opened: OpenedFolder;
  readonly mail: ListedMail;
}

function describeMail({ run, opened, mail }: Piece, header: Buffer) {
  const { mailbox, ports, state } = run;
  const { mailBucket } = ports;
  const place = { mailbox, folder: opened, mailBucket, begunAtMs: state.begunAtMs };
  return {
    arrived: createPolledMail(place, mail, header),
    fingerprint: createFingerprint(mailbox.protocol, mail, header),
  };
}

/** Only the header decides what a mail is called in S3 as far as its server does not. */
const readAddress = (piece: Piece) => describeMail(piece, Buffer.alloc(0)).arrived.arrival.raw;

async function storeBuffer(piece: Piece, content: Buffer): Promise<StoreOutcome> {
  const { run, mail } = piece;
  if (content.length > run.mailbox.maxMailBytes) {
    const error = createOversizeError(run.mailbox.maxMailBytes);
    return { kind: 'unfetched', error, code: undefined };
  }
  if (content.length === 0) {
    const error = new PeerProtocolError('expected a mail, came nothing');
    return { kind: 'unfetched', error, code: undefined };
  }
  try {
    await run.ports.rawMail.writeRawMail(readAddress(piece), content);
  } catch (error) {
    return { kind: 'unstored', error };
  }
  const described = describeMail(piece, cutHeader(content));
  return { kind: 'stored', mail, bytes: content.length, ...described };
}

async function storeStream(piece: Piece, content: Readable): Promise<StoreOutcome> {
  const { run, mail } = piece;
  const tap = createHeaderTap(run.mailbox.maxMailBytes);
  const passing = pipeline(content, tap.stream).catch((error: unknown) => error);
  try {
    await run.ports.rawMail.writeRawMail(readAddress(piece), tap.stream);
  } catch (error) {
    tap.stream.destroy();
    const fault = await passing;
    // The writer gives a stream's own error as it is; any other is the store's.
    return fault === error
      ? { kind: 'unfetched', error, code: undefined }
      : { kind: 'unstored', error };
  }
  return { kind: 'stored', mail, bytes: tap.readBytes(), ...describeMail(piece, tap.readHeader()) };
}

type StoreMail = (fetched: FetchedMail) => Promise<StoreOutcome>;

const createStore =
  (run: OpenRun, opened: OpenedFolder): StoreMail =>
  async (fetched) => {
    const { mail } = fetched;
    switch (fetched.kind) {
      case 'gone':
        return { kind: 'gone' };
      case 'refused':
        return { kind: 'unfetched', error: undefined, code: fetched.code };
      case 'content': {
        const { content } = fetched;
        const piece = { run, opened, mail };
        const outcome = Buffer.isBuffer(content)
          ? await storeBuffer(piece, content)
          : await storeStream(piece, content);
        if (outcome.kind === 'stored') {
          const { arrivalId } = outcome.arrived.arrival;
          run.options.observe?.({ kind: 'mail', arrivalId, bytes: outcome.bytes });
        }
        return outcome;
      }
    }
  };

/**
 * Fetches mails and puts their bytes into S3: small ones several at once under a bound of bytes,
 * each large one alone, as a stream.
 */
export async function storeMails(
  run: OpenRun,
  opened: OpenedFolder,
  mails: readonly ListedMail[],
): Promise<StoreResult> {
  const outcomes = new Map<string, StoreOutcome>();
  const gate = createByteGate(MAX_STORING_BYTES, MAX_STORING_MAILS);
  const storeMail = createStore(run, opened);
  const store = async (fetched: FetchedMail): Promise<void> => {
    outcomes.set(fetched.mail.id, await storeMail(fetched));
  };
  try {
    for await (const fetched of run.session.readMails(mails)) {
      if (fetched.kind === 'content' && Buffer.isBuffer(fetched.content)) {
        await gate.begin(fetched.content.length, () => store(fetched));
      } else await store(fetched);
    }
    return { outcomes, failure: undefined };
  } catch (error) {
    return { outcomes, failure: { error } };
  } finally {
    await gate.settle();
  }
}

/** What failed, for the evidence. */
export const readOutcomeCode = ({
  error,
  code,
}: {
  readonly error: unknown;
  readonly code?: string | undefined;
}): string => code ?? (error instanceof PostroomError ? error.code : 'refused');
