import { onTestFinished } from 'vitest';
import { openSession } from '../../../lambdas/poll-mailbox/open-session.ts';
import type { PollPorts } from '../../../lambdas/poll-mailbox/ports.ts';
import type { MailboxServer } from '../../../mail/ports/mailbox-ports.ts';
import type { Dovecot } from '../../support/dovecot/start-dovecot.ts';
import {
  createPolledMailText,
  createPollWorld,
  type PollWorldOptions,
} from '../../support/poll-world.ts';
import { startWireTap } from '../../support/wire-tap.ts';

/** A command of IMAP behind its tag, or one of POP3. */
const COMMAND = /^(?:[0-9A-F]+ )?((?:UID )?[A-Z]+)/;

/** What a test may choose of a mailbox on Dovecot. */
export interface DovecotWorldOptions {
  readonly mailbox?: Omit<NonNullable<PollWorldOptions['mailbox']>, 'server' | 'provider'>;
  /** Puts something in the place of ports in memory. */
  readonly ports?: Partial<PollPorts>;
}

/**
 * A new mailbox of Dovecot and the poll over its real adapters, with a relay between them that
 * listens in; the stores are in memory, with parse-mail behind them. Ends with the test.
 */
export async function startDovecotWorld(
  dovecot: Dovecot,
  protocol: MailboxServer['protocol'],
  { mailbox: changes = {}, ports: others = {} }: DovecotWorldOptions = {},
) {
  const mailbox = dovecot.createMailbox();
  const tap = await startWireTap(dovecot.ports[protocol]);
  onTestFinished(() => tap.stop());
  const world = createPollWorld({
    mailbox: {
      protocol,
      server: { host: '127.0.0.1', port: tap.port, security: 'none' },
      begin: 'everything',
      ...changes,
    },
    wrapPorts: (ports) => ({
      ...ports,
      credentials: { readCredential: () => Promise.resolve(mailbox.credential) },
      openSession,
      ...others,
    }),
  });
  return {
    ...world,
    mailbox,
    tap,
    /** Lays mails of these names into a folder, taken in now by the poll's clock. */
    deliver(names: readonly string[], { folder = 'INBOX', text = 'Hello\r\n' } = {}): void {
      const mails = names.map((name) => createPolledMailText(name, { text }));
      mailbox.deliver(mails, { folder, receivedAtMs: world.room.clock.now() });
    },
    /** The commands that were sent, without what follows them. */
    listCommands: (): readonly string[] =>
      tap.lines().flatMap((line) => COMMAND.exec(line)?.[1] ?? []),
  };
}

/** What consumers get of mails with these names. */
export const toMessageIds = (names: readonly string[]): readonly string[] =>
  names.map((name) => `${name}@sender.example`);
