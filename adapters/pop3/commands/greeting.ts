import type { Pop3Connection } from '../connection.ts';
import { expectOk } from './expect-ok.ts';

/**
 * Reads what a server says first (RFC 1939 section 4).
 *
 * @throws {PeerUnavailableError} When it turns us away.
 */
export async function readGreeting(connection: Pop3Connection): Promise<void> {
  expectOk('greeting', await connection.readAnswer('greeting'));
}
