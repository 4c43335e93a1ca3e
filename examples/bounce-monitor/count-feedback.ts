import type { KeptFeedback } from './read-feedback.ts';

/** What came back, in numbers. */
export interface FeedbackCounts {
  readonly mails: number;
  /** Recipients of bounces. */
  readonly recipients: {
    /** Given up for a reason that will not go away: status 5.y.z. */
    readonly permanent: number;
    /** Given up for another reason, or for none that is told. */
    readonly expired: number;
    /** Tried again by the server that reports. */
    readonly delayed: number;
    /** Reports of success. */
    readonly other: number;
  };
  /** Recipients of bounces by status code; `none` where there is none. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Bounces that tell of no recipient. */
  readonly unreadable: number;
  readonly unsubscribes: number;
  /** Mails that are neither: worth a look when there are many. */
  readonly others: number;
  /** Addresses that failed for good or asked for no more mail, each once, sorted. */
  readonly stopMailing: readonly string[];
}

type Recipient = Extract<KeptFeedback, { kind: 'bounce' }>['recipients'][number];

function classifyRecipient({ action, status }: Recipient): keyof FeedbackCounts['recipients'] {
  if (action === 'failed') return status?.startsWith('5') === true ? 'permanent' : 'expired';
  return action === 'delayed' ? 'delayed' : 'other';
}

const countBy = <Item>(
  items: readonly Item[],
  readKey: (item: Item) => string,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(items, readKey)].map(([key, group]) => [key, group.length] as const).sort(),
  );

/** Counts what came back. */
export function countFeedback(kept: readonly KeptFeedback[]): FeedbackCounts {
  const bounces = kept.filter((one) => one.kind === 'bounce');
  const unsubscribes = kept.filter((one) => one.kind === 'unsubscribe');
  const recipients = bounces.flatMap((bounce) => bounce.recipients);
  const failed = recipients.filter((one) => classifyRecipient(one) === 'permanent');
  const stopMailing = new Set([...failed, ...unsubscribes].map(({ address }) => address));
  return {
    mails: kept.length,
    recipients: {
      ...{ permanent: 0, expired: 0, delayed: 0, other: 0 },
      ...countBy(recipients, classifyRecipient),
    },
    statuses: countBy(recipients, ({ status }) => status ?? 'none'),
    unreadable: bounces.filter((bounce) => bounce.recipients.length === 0).length,
    unsubscribes: unsubscribes.length,
    others: kept.filter(({ kind }) => kind === 'other').length,
    stopMailing: [...stopMailing].sort(),
  };
}
