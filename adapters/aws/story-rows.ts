import type {
  ArrivalStory,
  HourCounts,
  KnownMail,
  ListedMail,
} from '../../mail/ledger/story-reader.ts';
import { type ArrivalRow, readDecision } from './ledger-rows.ts';

/** An arrival as the table has it, with what is read of it for people. */
export interface StoryRow extends ArrivalRow {
  readonly door: ArrivalStory['door'];
  readonly receivedAt: string;
  readonly rawBucket?: string;
  readonly rawKey?: string;
  readonly sender?: string;
  readonly firstRecipient?: string;
  readonly recipientCount: number;
  readonly seenAt: string;
  readonly claimedAt?: string;
  readonly failureCode?: string;
  readonly decidedAt?: string;
  readonly sent?: ArrivalStory['sent'];
  readonly doneAt?: string;
  readonly outcome?: ArrivalStory['outcome'];
  readonly repeats?: number;
  readonly lastRepeatAt?: string;
  readonly forgottenAt?: string;
}

/** A row of a mail's partition: a delivery, a queue that has its event, or an arrival too late. */
export interface MailRow {
  readonly sk: string;
  readonly owner?: string;
  readonly ownedAt?: string;
  readonly repeatedAt?: string;
}

const toRaw = ({ rawBucket, rawKey }: StoryRow): ArrivalStory['raw'] =>
  rawBucket === undefined || rawKey === undefined ? null : { bucket: rawBucket, key: rawKey };

/** The story that an arrival's row tells. */
export const toStory = (
  arrivalId: string,
  row: StoryRow,
  { listed, held }: Pick<ArrivalStory, 'listed' | 'held'>,
): ArrivalStory => ({
  arrivalId,
  state: row.state,
  door: row.door,
  receivedAt: row.receivedAt,
  raw: toRaw(row),
  sender: row.sender ?? null,
  firstRecipient: row.firstRecipient ?? null,
  recipientCount: row.recipientCount,
  seenAt: row.seenAt,
  takings: row.epoch,
  takenAt: row.claimedAt ?? null,
  leaseUntilMs: row.leaseUntil ?? 0,
  failureCode: row.failureCode ?? null,
  decidedAt: row.decidedAt ?? null,
  decided: readDecision(row) ?? null,
  sent: row.sent ?? [],
  doneAt: row.doneAt ?? null,
  outcome: row.outcome ?? null,
  repeats: row.repeats ?? 0,
  lastRepeatAt: row.lastRepeatAt ?? null,
  held,
  forgottenAt: row.forgottenAt ?? null,
  listed,
});

/** A row of the list. */
export interface ListRow extends Omit<ListedMail, 'receivedAt' | 'sender' | 'from'> {
  readonly sk: string;
  readonly sender?: string;
  readonly from?: string;
}

/** The time of a list row stands in its key only. */
export const toListed = ({ sk, ...row }: ListRow): ListedMail => ({
  arrivalId: row.arrivalId,
  receivedAt: sk.slice(0, sk.indexOf('#')),
  door: row.door,
  mailId: row.mailId,
  sender: row.sender ?? null,
  from: row.from ?? null,
  recipients: row.recipients,
  recipientCount: row.recipientCount,
  subject: row.subject,
  bytes: row.bytes,
  outcome: row.outcome,
  queues: row.queues,
});

/** `m1-…#repeat#ses-1-…`: the arrival stands in the key; elsewhere it is the owner. */
function readArrivalId({ sk, owner }: MailRow): string | undefined {
  const [, kind, ...rest] = sk.split('#');
  return kind === 'repeat' ? rest.join('#') : owner;
}

const readTime = ({ ownedAt, repeatedAt = '' }: MailRow): string => ownedAt ?? repeatedAt;

/** Joins the rows of a partition by mail, the arrivals in their order. */
export const toKnownMails = (rows: readonly MailRow[]): readonly KnownMail[] =>
  Array.from(
    Map.groupBy(rows, ({ sk }) => sk.slice(0, sk.indexOf('#'))),
    ([mailId, ofMail]) => ({
      mailId,
      arrivalIds: [
        ...new Set(
          ofMail
            .toSorted((one, other) => (readTime(one) < readTime(other) ? -1 : 1))
            .flatMap((row) => readArrivalId(row) ?? []),
        ),
      ],
    }),
  );

/** Counters of an hour, under that hour; one that was never added to is missing. */
export interface CountsRow extends Partial<Omit<HourCounts, 'hour'>> {
  readonly sk: string;
}

/** What was counted in an hour. */
export const toCounts = ({ sk, ...row }: CountsRow): HourCounts => ({
  hour: sk,
  mails: row.mails ?? 0,
  bytes: row.bytes ?? 0,
  events: row.events ?? 0,
  repeats: row.repeats ?? 0,
  quarantined: row.quarantined ?? 0,
  failures: row.failures ?? 0,
});
