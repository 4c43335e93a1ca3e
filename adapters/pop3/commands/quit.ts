import type { Pop3Connection } from '../connection.ts';
import { expectOk } from './expect-ok.ts';

/**
 * Ends the session, and with it does what DELE asked for (RFC 1939 section 6).
 *
 * @throws {PeerUnavailableError} When the server did not remove all of it.
 */
export async function quit(connection: Pop3Connection): Promise<void> {
  connection.send(['QUIT']);
  expectOk('QUIT', await connection.readAnswer());
}
