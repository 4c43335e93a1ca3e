import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import type { MailboxState, MailboxStates } from '../../mail/polling/mailbox-state.ts';
import { type NewsPorts, tellMailboxEvent } from './tell-mailbox-event.ts';

/** A time as events have it; null for never. */
export const toIso = (ms: number): string | null => (ms === 0 ? null : new Date(ms).toISOString());

/**
 * Tells that a mailbox is stale, and notes that it was told.
 *
 * @throws {PeerUnavailableError} After which it may have been told: the next telling has the same
 * `eventId`.
 */
export async function tellStale(
  mailbox: Pick<MailboxConfiguration, 'name' | 'address' | 'freshnessMinutes'>,
  { lastSuccessAtMs, failureCode }: Pick<MailboxState, 'lastSuccessAtMs' | 'failureCode'>,
  ports: NewsPorts & { readonly states: Pick<MailboxStates, 'markStale'> },
): Promise<void> {
  const { name, freshnessMinutes } = mailbox;
  const lastSuccessAt = toIso(lastSuccessAtMs);
  const told = { freshnessMinutes, lastSuccessAt, code: failureCode ?? null };
  const occasion = String(lastSuccessAtMs);
  await tellMailboxEvent(mailbox, { type: 'mailbox.stale', occasion, told }, ports);
  await ports.states.markStale(name);
}
