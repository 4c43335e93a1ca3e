import type { HourCounts, ListedMail, StoryReader } from './story-reader.ts';
import { isSameAddress } from './strip-decision.ts';
import { readHour } from './table-keys.ts';

const HOUR_MS = 3_600_000;
/** LIMIT: hours that are asked for at a time; each is a query for every shard. */
const HOURS_AT_ONCE = 8;

/** A span of time, both ends among it; milliseconds since 1970. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The hours that a span touches, in UTC, the earliest first. */
export function listHours({ fromMs, toMs }: TimeSpan): readonly string[] {
  const first = Math.floor(fromMs / HOUR_MS);
  const last = Math.floor(toMs / HOUR_MS);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    readHour(new Date((first + index) * HOUR_MS).toISOString()),
  );
}

function isWithin({ receivedAt }: ListedMail, { fromMs, toMs }: TimeSpan): boolean {
  const receivedMs = Date.parse(receivedAt);
  return receivedMs >= fromMs && receivedMs <= toMs;
}

/** An hour, what was counted in it, and the mails that arrived in it. */
export interface ListedHour {
  /** `2026-11-24T09`, in UTC. */
  readonly hour: string;
  /** Undefined where nothing was. */
  readonly counts: HourCounts | undefined;
  readonly mails: readonly ListedMail[];
}

/** Gives the hours of a span in which anything was, the earliest first. */
export async function* walkHours(
  reader: Pick<StoryReader, 'listHour' | 'readCounts'>,
  span: TimeSpan,
): AsyncGenerator<ListedHour> {
  const hours = listHours(span);
  const [first, last] = [hours[0], hours.at(-1)];
  if (first === undefined || last === undefined) return;
  const counted = await reader.readCounts(first, last);
  const byHour = new Map(counted.map((counts) => [counts.hour, counts]));
  for (const hour of hours) {
    const counts = byHour.get(hour);
    const listed = await reader.listHour(hour);
    const mails = listed.filter((mail) => isWithin(mail, span));
    if (counts !== undefined || mails.length > 0) yield { hour, counts, mails };
  }
}

/** Gives the mails that arrived in a span, the oldest first; holds a few hours of them at a time. */
export async function* walkList(
  reader: Pick<StoryReader, 'listHour'>,
  span: TimeSpan,
): AsyncGenerator<ListedMail> {
  const hours = listHours(span);
  for (let at = 0; at < hours.length; at += HOURS_AT_ONCE) {
    const some = hours.slice(at, at + HOURS_AT_ONCE);
    const listed = await Promise.all(some.map((hour) => reader.listHour(hour)));
    yield* listed.flat().filter((mail) => isWithin(mail, span));
  }
}

/** Whether a mail's envelope or From header names an address. */
async function concerns(reader: StoryReader, mail: ListedMail, address: string): Promise<boolean> {
  const { mailId, sender, from, recipients, recipientCount } = mail;
  if ([sender, from, ...recipients].some((named) => isSameAddress(named, address))) return true;
  // The list shows the first few recipients of a mail; each has a row of its own.
  if (mailId === null || recipients.length >= recipientCount) return false;
  return reader.isDelivered(mailId, address);
}

/** Gives the mails of a span that an address sent or got, by the envelope or the From header. */
export async function* walkMailsOf(
  reader: StoryReader,
  address: string,
  span: TimeSpan,
): AsyncGenerator<ListedMail> {
  for await (const mail of walkList(reader, span)) {
    if (await concerns(reader, mail, address)) yield mail;
  }
}
