import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { MailboxServer } from '../../mail/ports/mailbox-ports.ts';

/** Begins to connect to a server. */
export const connectSocket = ({ host, port }: MailboxServer): Socket =>
  connect({ host, port, noDelay: true });

/**
 * Begins TLS over a connection.
 *
 * SECURITY: the certificate is checked always, whatever the environment says.
 */
export const secureSocket = (socket: Socket, { host, ca }: MailboxServer): TLSSocket =>
  connectTls({
    socket,
    host,
    // Only a name may stand in the handshake (RFC 6066 section 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  });
