/** Seconds that poll-mailbox may take; a poll ends by itself before that. */
export const POLL_MAILBOX_TIMEOUT_SECONDS = 300;

/**
 * Seconds that a mailbox is one poll's own: no invocation outlives its function's timeout, and 30 s
 * are for clocks that differ.
 */
export const MAILBOX_LEASE_SECONDS = POLL_MAILBOX_TIMEOUT_SECONDS + 30;

/** Where polls are woken up. */
export const POLLS_QUEUE = 'polls';
