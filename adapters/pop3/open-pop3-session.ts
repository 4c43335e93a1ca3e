import { PostroomError } from '../../mail/errors.ts';
import type { MailboxOpener, SessionOptions } from '../../mail/ports/mailbox-ports.ts';
import { type Capabilities, readCapabilities } from './commands/capa.ts';
import { readGreeting } from './commands/greeting.ts';
import { startTls } from './commands/stls.ts';
import { openConnection, type Pop3Connection } from './connection.ts';
import { createPop3Session } from './create-pop3-session.ts';
import { POP3_LIMITS, type Pop3Limits } from './limits.ts';
import { logIn } from './log-in.ts';
import { createAbortError } from './pop3-errors.ts';

/** Everything that comes before a mailbox can be read. */
async function prepare(
  connection: Pop3Connection,
  { server, credential }: SessionOptions,
): Promise<Capabilities> {
  await readGreeting(connection);
  let capabilities = await readCapabilities(connection);
  if (server.security === 'starttls') {
    await startTls(connection, capabilities);
    // SECURITY: what was said in the clear may be anybody's (RFC 2595 section 4).
    capabilities = await readCapabilities(connection);
  }
  await logIn(connection, credential, capabilities);
  return capabilities;
}

/** Makes what opens POP3 sessions within the given limits. */
export const createPop3Opener =
  (limits: Pop3Limits): MailboxOpener =>
  async (options) => {
    const { server, signal } = options;
    const connection = await openConnection({ server, signal, limits });
    try {
      const capabilities = await prepare(connection, options);
      return createPop3Session({ connection, capabilities }, options);
    } catch (error) {
      connection.fail(error instanceof PostroomError ? error : createAbortError());
      throw error;
    }
  };

/** Opens a session with a POP3 server (RFC 1939). */
export const openPop3Session: MailboxOpener = createPop3Opener(POP3_LIMITS);
