import { ConfigurationError } from '../errors.ts';
import type { MailboxServer, ServerSecurity } from '../ports/mailbox-ports.ts';
import type { MailboxConfiguration } from './mailbox-schema.ts';
import { PROVIDERS } from './providers.ts';

type Protocol = MailboxServer['protocol'];

/** The port that a protocol is at (RFC 8314 section 3 and 4.1). */
export const defaultPort = (protocol: Protocol, security: ServerSecurity): number => {
  if (security === 'implicit-tls') return protocol === 'imap' ? 993 : 995;
  return protocol === 'imap' ? 143 : 110;
};

/**
 * Where a mailbox is, with everything that a provider's name stands for filled in.
 *
 * @throws {ConfigurationError} When the provider has no such protocol, which a checked
 *   configuration never asks for; when a file of certificates is named that nobody has read.
 */
export function resolveMailboxServer(mailbox: MailboxConfiguration): MailboxServer {
  const { name, protocol, provider, server } = mailbox;
  const path = `mailboxes.${name}`;
  if (provider !== undefined) {
    const endpoint = PROVIDERS[provider][protocol];
    if (endpoint !== undefined) return { protocol, ...endpoint, ca: undefined };
    throw new ConfigurationError([{ path, message: `${provider} has no ${protocol}` }]);
  }
  const { host, security, port = defaultPort(protocol, security), caFile, ca } = server;
  // SECURITY: without the team's own authorities the public ones would be trusted instead.
  if (caFile !== undefined && ca === undefined) {
    const message = `expected the certificates of ${caFile} to have been read`;
    throw new ConfigurationError([{ path: `${path}.server.caFile`, message }]);
  }
  return { protocol, host, port, security, ca };
}
