import {
  createFoundArrivalId,
  createMailIdStart,
  readCopyId,
} from '../../mail/identity/identities.ts';
import type { ArrivalStory, StoryReader } from '../../mail/ledger/story-reader.ts';
import { type TimeSpan, walkMailsOf } from '../../mail/ledger/walk-list.ts';

/** What a person may know a mail by. */
export type SoughtBy = 'arrivalId' | 'mailId' | 'Message-ID' | 'address';

/** What was found, and as what the search was understood. */
export interface FoundMail {
  readonly by: SoughtBy;
  /** In the order in which they arrived; the newest, where there are more than asked for. */
  readonly stories: readonly ArrivalStory[];
  /** How many older ones are left out. */
  readonly leftOut: number;
}

export interface FindMailOptions {
  /** Bounds the search for an address. */
  readonly span: TimeSpan;
  /** Stories that are read at the most. */
  readonly limit: number;
}

async function readStories(
  reader: StoryReader,
  by: SoughtBy,
  arrivalIds: readonly string[],
  limit: number,
): Promise<FoundMail> {
  const known = [...new Set(arrivalIds)];
  const stories = await Promise.all(
    known.slice(-limit).map((arrivalId) => reader.readArrival(arrivalId)),
  );
  return {
    by,
    stories: stories
      .filter((story) => story !== undefined)
      .toSorted((one, other) => (one.receivedAt < other.receivedAt ? -1 : 1)),
    leftOut: Math.max(0, known.length - limit),
  };
}

async function listArrivals(reader: StoryReader, mailIdStart: string): Promise<readonly string[]> {
  const mails = await reader.readMails(mailIdStart);
  return mails.flatMap(({ arrivalIds }) => arrivalIds);
}

/** The angle brackets are part of the header, and people leave them out. */
async function listArrivalsOfMessageId(
  reader: StoryReader,
  sought: string,
): Promise<readonly string[]> {
  const bare = sought.replace(/^<(.*)>$/, '$1');
  const found = await Promise.all(
    [`<${bare}>`, bare].map((written) => listArrivals(reader, createMailIdStart(written))),
  );
  return found.flat();
}

/** A copy whose notification came late has two arrivals: as it was announced, and as it was found. */
function listArrivalIdsOfCopy(sought: string): readonly string[] {
  const copyId = readCopyId(sought);
  return [copyId, createFoundArrivalId(copyId)];
}

async function listArrivalsOfAddress(
  reader: StoryReader,
  address: string,
  span: TimeSpan,
): Promise<readonly string[]> {
  const arrivalIds: string[] = [];
  for await (const { arrivalId } of walkMailsOf(reader, address, span)) arrivalIds.push(arrivalId);
  return arrivalIds;
}

/** What the search could mean, the surest first. A Message-ID and an address look alike. */
function listMeanings(sought: string): readonly SoughtBy[] {
  if (/^m1-[0-9a-f]{16}-/.test(sought)) return ['mailId'];
  if (sought.startsWith('<')) return ['Message-ID'];
  return sought.includes('@') ? ['Message-ID', 'address'] : ['arrivalId', 'Message-ID'];
}

/** Finds the arrivals of a mail by whatever a person knows of it; undefined when there is none. */
export async function findMail(
  reader: StoryReader,
  sought: string,
  { span, limit }: FindMailOptions,
): Promise<FoundMail | undefined> {
  const searches: Readonly<Record<SoughtBy, () => Promise<readonly string[]>>> = {
    arrivalId: () => Promise.resolve(listArrivalIdsOfCopy(sought)),
    mailId: () => listArrivals(reader, sought),
    'Message-ID': () => listArrivalsOfMessageId(reader, sought),
    address: () => listArrivalsOfAddress(reader, sought, span),
  };
  for (const by of listMeanings(sought)) {
    const found = await readStories(reader, by, await searches[by](), limit);
    if (found.stories.length > 0) return found;
  }
  return undefined;
}
