import type { ConfigurationFault } from '../errors.ts';
import { isLoopback } from './is-loopback.ts';
import type { MailboxConfiguration } from './mailbox-schema.ts';
import { PROVIDERS } from './providers.ts';

type Server = NonNullable<MailboxConfiguration['server']>;
type Protocol = MailboxConfiguration['protocol'];

/** What stands at a port that is known to everybody (RFC 8314, RFC 9051, RFC 1939). */
const KNOWN_PORTS = new Map<number, { readonly protocol: Protocol; readonly isTls: boolean }>([
  [143, { protocol: 'imap', isTls: false }],
  [993, { protocol: 'imap', isTls: true }],
  [110, { protocol: 'pop3', isTls: false }],
  [995, { protocol: 'pop3', isTls: true }],
]);

const SUBMISSION_PORTS: readonly number[] = [25, 465, 587];

const findPlaintextFaults = ({ host, security }: Server): readonly ConfigurationFault[] =>
  security !== 'none' || isLoopback(host)
    ? []
    : [
        {
          path: 'server.security',
          message: `expected "implicit-tls" or "starttls", came "none": without TLS the password and the mail could be read on the way to ${host}; only 127.0.0.1, ::1 and localhost can do without`,
        },
      ];

function findCertificateFaults({ security, caFile, ca }: Server): readonly ConfigurationFault[] {
  if (caFile !== undefined && ca !== undefined) {
    return [{ path: 'server.caFile', message: 'expected caFile or ca, came both' }];
  }
  if (security !== 'none' || (caFile ?? ca) === undefined) return [];
  const path = caFile === undefined ? 'server.ca' : 'server.caFile';
  return [{ path, message: 'expected no certificates where security is "none"' }];
}

function findPortFaults({ port, security }: Server, protocol: Protocol) {
  if (port === undefined) return [];
  if (SUBMISSION_PORTS.includes(port)) {
    const message = `expected a port of ${protocol.toUpperCase()}, came ${port}, where mail is sent and none is fetched`;
    return [{ path: 'server.port', message }];
  }
  const known = KNOWN_PORTS.get(port);
  if (known === undefined) return [];
  if (known.protocol !== protocol) {
    const message = `expected protocol: "${known.protocol}" with port ${port}, came "${protocol}"`;
    return [{ path: 'server.port', message }];
  }
  if (known.isTls === (security === 'implicit-tls')) return [];
  const message = known.isTls
    ? `expected "implicit-tls" with port ${port}, where TLS begins with the first byte, came "${security}"`
    : `expected "starttls" with port ${port}, where TLS begins after a command, came "implicit-tls"`;
  return [{ path: 'server.security', message }];
}

/** What is wrong about where a mailbox is; paths begin at the mailbox. */
export function findServerFaults({
  provider,
  server,
  protocol,
}: MailboxConfiguration): readonly ConfigurationFault[] {
  if (provider === undefined) {
    return [
      ...findPlaintextFaults(server),
      ...findCertificateFaults(server),
      ...findPortFaults(server, protocol),
    ];
  }
  const { title } = PROVIDERS[provider];
  return PROVIDERS[provider][protocol] === undefined
    ? [
        {
          path: 'protocol',
          message: `${title} has no ${protocol.toUpperCase()}; expected "imap", came "${protocol}"`,
        },
      ]
    : [];
}
