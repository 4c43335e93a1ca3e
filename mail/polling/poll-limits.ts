/**
 * LIMIT: what the state of a mailbox may hold beside its cursors, so that its row stays small.
 */
export const MAX_TROUBLED_MAILS = 20;
/** LIMIT: mails of which the row remembers that their change is still to be made. */
export const MAX_PENDING_CHANGES = 500;
/** A mail that could not be fetched or stored so often is quarantined and passed over. */
export const MAX_ATTEMPTS = 3;
/** LIMIT: mails of one batch: what a crash lets the next poll do again. */
export const MAX_BATCH_MAILS = 50;
/** LIMIT: bytes of one batch; one mail may have more. */
export const MAX_BATCH_BYTES = 32 * 1024 * 1024;
/** LIMIT: mails above it are never held whole. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** LIMIT: bytes of small mails that are on their way to S3 at once. */
export const MAX_STORING_BYTES = 8 * 1024 * 1024;
/** LIMIT: small mails that are on their way to S3 at once. */
export const MAX_STORING_MAILS = 16;
/** Mails whose headers or fingerprints are asked for at once. */
export const MAX_LOOKED_AT = 100;
/** LIMIT: mails that a server may list where each poll sees them all; what is behind waits. */
export const MAX_LISTED_MAILS = 200_000;
/** LIMIT: bytes of a mail in which its header is looked for. */
export const MAX_HEADER_BYTES = 256 * 1024;
/** A batch is not begun with less time than this. */
export const MIN_TIME_FOR_A_BATCH_MS = 20_000;
/** What is left for the row, the events and the answer when the session is cut off. */
export const FINISH_TIME_MS = 8_000;
