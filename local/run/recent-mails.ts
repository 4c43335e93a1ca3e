import type { HandledMail } from '../../mail/ports/ports.ts';

/** What became of an arrival: handled, or given up after the last attempt. */
export type ArrivalOutcome =
  | { readonly kind: 'handled'; readonly handled: HandledMail }
  | { readonly kind: 'given-up'; readonly code: string };

/** An arrival of this run. */
export interface RecentMail {
  readonly arrivalId: string;
  /** The notification, as the arrivals queue held it. */
  readonly notification: string;
  readonly outcome: ArrivalOutcome;
}

/** The last mails of this run. */
export interface RecentMails {
  readonly add: (mail: RecentMail) => void;
  /** The oldest first. */
  readonly list: () => readonly RecentMail[];
  /** Waits for an arrival's outcome. @throws When the signal says that it has waited enough. */
  readonly waitFor: (arrivalId: string, signal: AbortSignal) => Promise<RecentMail>;
}

/** LIMIT: notifications that are held, up to about 20 KB each. */
const MAX_MAILS = 50;

/** Keeps the last mails. */
export function createRecentMails(): RecentMails {
  const mails: RecentMail[] = [];
  const waiting = new Map<string, (mail: RecentMail) => void>();
  return {
    add(mail) {
      mails.push(mail);
      if (mails.length > MAX_MAILS) mails.shift();
      waiting.get(mail.arrivalId)?.(mail);
    },
    list: () => [...mails],
    waitFor(arrivalId, signal) {
      const known = mails.find((mail) => mail.arrivalId === arrivalId);
      if (known !== undefined) return Promise.resolve(known);
      const { promise, resolve, reject } = Promise.withResolvers<RecentMail>();
      const giveUp = (): void => {
        reject(new Error('no outcome in time'));
      };
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.set(arrivalId, resolve);
      return promise.finally(() => {
        waiting.delete(arrivalId);
        signal.removeEventListener('abort', giveUp);
      });
    },
  };
}
