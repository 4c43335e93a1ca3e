import type { ListedMail } from '../../mail/ports/mailbox-ports.ts';

/** Mails that are read in one go. */
export type PlannedFetch =
  /** By one command, each whole. */
  | { readonly kind: 'whole'; readonly mails: readonly ListedMail[] }
  /** By one command for each of its parts. */
  | { readonly kind: 'parts'; readonly mail: ListedMail };

/** What bounds a fetch, in bytes as the server listed them. */
export interface FetchBounds {
  /** Of a mail that is fetched whole. */
  readonly maxBufferedBytes: number;
  /** Of all mails in one command; one mail may have more. */
  readonly batchBytes: number;
}

/** Splits mails, in their order, into what one command can bring and what comes in parts. */
export function planFetches(
  mails: readonly ListedMail[],
  { maxBufferedBytes, batchBytes }: FetchBounds,
): readonly PlannedFetch[] {
  const fetches: PlannedFetch[] = [];
  let open: ListedMail[] = [];
  let openBytes = 0;
  const close = (): void => {
    if (open.length > 0) fetches.push({ kind: 'whole', mails: open });
    open = [];
    openBytes = 0;
  };
  for (const mail of mails) {
    if (mail.bytes > maxBufferedBytes) {
      close();
      fetches.push({ kind: 'parts', mail });
      continue;
    }
    if (openBytes + mail.bytes > batchBytes) close();
    open.push(mail);
    openBytes += mail.bytes;
  }
  close();
  return fetches;
}
