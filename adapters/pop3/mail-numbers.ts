import type { ListedMail } from '../../mail/ports/mailbox-ports.ts';
import type { Exchanger } from './exchange.ts';
import { listMailbox } from './list-mailbox.ts';
import type { NumberedMail } from './numbered-mail.ts';

/** The numbers by which a server knows mails in this one session (RFC 1939 section 3). */
export interface MailNumbers {
  /** Asks the server what is there, in the order in which it came. */
  readonly list: () => Promise<readonly NumberedMail[]>;
  /**
   * Those of the mails that are there and not marked for deletion. Ids hold longer than a session:
   * where this one has not listed yet, it does so now, or every mail would be taken for gone.
   */
  readonly find: (mails: readonly ListedMail[]) => Promise<readonly NumberedMail[]>;
  /** Takes note that a mail was marked for deletion. */
  readonly forget: (mail: ListedMail) => void;
}

/** Keeps the numbers of a session. */
export function createMailNumbers(exchanger: Exchanger): MailNumbers {
  let numbers: Map<string, number> | undefined;
  const list = async (): Promise<readonly NumberedMail[]> => {
    const listed = await exchanger.connection.attempt(() => listMailbox(exchanger));
    numbers = new Map(listed.map(({ number, mail }) => [mail.id, number]));
    return listed;
  };
  return {
    list,
    async find(mails) {
      if (mails.length === 0) return [];
      if (numbers === undefined) await list();
      return mails.flatMap((mail) => {
        const number = numbers?.get(mail.id);
        return number === undefined ? [] : [{ number, mail }];
      });
    },
    forget({ id }) {
      numbers?.delete(id);
    },
  };
}
