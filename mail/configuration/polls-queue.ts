/** Seconds that poll-mailbox may take; a poll ends by itself before that. */
export const POLL_MAILBOX_TIMEOUT_SECONDS = 300;

/** LIMIT: AWS asks for six times the function's timeout, or a mailbox is woken up twice at once. */
export const POLLS_VISIBILITY_SECONDS = 6 * POLL_MAILBOX_TIMEOUT_SECONDS;

/**
 * Seconds that a mailbox is one poll's own: no invocation outlives its function's timeout, and 30 s
 * are for clocks that differ.
 */
export const MAILBOX_LEASE_SECONDS = POLL_MAILBOX_TIMEOUT_SECONDS + 30;

/** Seconds that dispatch-polls may take: a thousand requests for ten thousand mailboxes, eight at once. */
export const DISPATCH_POLLS_TIMEOUT_SECONDS = 60;

/** Where polls are woken up. */
export const POLLS_QUEUE = 'polls';

/** LIMIT: seconds that SQS holds a message back. */
export const MAX_WAKE_UP_DELAY_SECONDS = 900;

/** How often mailboxes are polled: each interval once, the shortest first. */
export const listIntervals = (
  mailboxes: readonly { readonly intervalMinutes: number }[],
): readonly number[] =>
  [...new Set(mailboxes.map(({ intervalMinutes }) => intervalMinutes))].toSorted((a, b) => a - b);

/**
 * Seconds that the queue keeps a wake-up. One that is older than its interval is ignored, so that
 * nothing is to be worked off after polls stood still.
 */
export const planPollsRetention = (
  mailboxes: readonly { readonly intervalMinutes: number }[],
): number => MAX_WAKE_UP_DELAY_SECONDS + 60 * (listIntervals(mailboxes).at(-1) ?? 0);
