import type { Pop3Connection } from '../connection.ts';
import { createProtocolError } from '../pop3-errors.ts';
import type { Capabilities } from './capa.ts';
import { expectOk } from './expect-ok.ts';

/**
 * Goes on over TLS (RFC 2595 section 4). What the server said before that holds no longer.
 *
 * SECURITY: never goes on without it.
 *
 * @throws {PeerProtocolError} When the server does not offer it.
 */
export async function startTls(
  connection: Pop3Connection,
  capabilities: Capabilities,
): Promise<void> {
  if (!capabilities.has('STLS'))
    throw createProtocolError('offers no STLS', { name: 'NoStartTls' });
  connection.send(['STLS']);
  expectOk('STLS', await connection.readAnswer());
  await connection.secure();
}
