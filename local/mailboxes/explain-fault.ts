import type { MailboxConfiguration } from '../../mail/configuration/mailbox-schema.ts';
import {
  defaultPort,
  resolveMailboxServer,
} from '../../mail/configuration/resolve-mailbox-server.ts';
import type { ErrorFields } from '../../mail/errors.ts';
import type { MailboxServer } from '../../mail/ports/mailbox-ports.ts';

/** What failed: an error of ours, or what the report of a poll says of one. */
export interface MailboxFault {
  readonly code: string;
  readonly fields: ErrorFields;
}

interface Asked {
  readonly mailbox: MailboxConfiguration;
  readonly server: MailboxServer;
  /** `imap.gmail.com:993` */
  readonly place: string;
}

// Node's names for a certificate of an authority that is not among the trusted ones.
const UNKNOWN_AUTHORITY: readonly string[] = [
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT'],
  ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
];

const readField = ({ fields }: MailboxFault, name: string): string => String(fields[name] ?? '');

const otherSecurity = ({ protocol, security }: MailboxServer): string => {
  const other = security === 'implicit-tls' ? 'starttls' : 'implicit-tls';
  return `security "${other}" with port ${defaultPort(protocol, other)}`;
};

function explainProtocol(fault: MailboxFault, { server, place }: Asked): string {
  const name = readField(fault, 'name');
  if (name === 'NoStartTls') return `${place} offers no TLS; use ${otherSecurity(server)}`;
  if (UNKNOWN_AUTHORITY.includes(name)) {
    return `${place} shows a certificate of an authority that is not known here (${name}); name a file with that authority's certificate as server.caFile`;
  }
  if (name === 'CERT_HAS_EXPIRED') {
    return `${place} shows a certificate that has expired; whoever runs the server has to renew it`;
  }
  if (name === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `${place} shows a certificate for another name; write the name that it is for as server.host`;
  }
  if (name === 'EPROTO' || name.startsWith('ERR_SSL_')) {
    return `${place} does not speak TLS as it is asked to (${name}); use ${otherSecurity(server)}`;
  }
  const { protocol } = server;
  const said = listSaid(fault);
  return `${place} does not speak ${protocol.toUpperCase()} as it should${said}; check host, port and security`;
}

/** What the server's answer or the system's error was called, in brackets. */
function listSaid(fault: MailboxFault): string {
  const words = ['command', 'status', 'responseCode', 'name', 'step'].map((name) =>
    readField(fault, name),
  );
  const said = words.filter((word) => word !== '').join(' ');
  return said === '' ? '' : ` (${said})`;
}

function explainUnavailable(fault: MailboxFault, { mailbox, server, place }: Asked): string {
  switch (readField(fault, 'name')) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no host is known by the name ${server.host}; check server.host, and the network`;
    case 'ECONNREFUSED':
      return `nothing listens at ${place}; check host and port`;
    case 'NotConnected':
      return `${place} took the login and has no mailbox for it; check that user is the mailbox's own account, and log in less often`;
    case 'TimeoutError':
    case 'AbortError':
    case 'ETIMEDOUT':
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      return `${place} did not answer in time; check host and port, and that a firewall lets this machine out`;
    default: {
      const peer = fault.fields['peer'];
      if (peer !== 'IMAP' && peer !== 'POP3')
        return `${String(peer)} did not answer${listSaid(fault)}; try again`;
      return `${place} could not do it, or went away${listSaid(fault)}; try again, and poll ${mailbox.name} less often if it stays so`;
    }
  }
}

function explainCredential(fault: MailboxFault, { mailbox, place }: Asked): string {
  const { name, provider, secret } = mailbox;
  const how = provider === undefined ? '' : ` (how to get them: docs/providers/${provider}.md)`;
  return readField(fault, 'name') === 'NoPasswordLogin'
    ? `${place} takes no passwords, only other ways to log in that Postroom does not speak yet`
    : `${place} refused the user or the password that the secret ${secret} has for ${name}; put valid ones there${how}`;
}

function explainThrottled({ mailbox, place }: Asked): string {
  return `${place} asks us to come later; wait, and raise intervalMinutes (${mailbox.intervalMinutes}) if it stays so`;
}

function explainUnsuitable(fault: MailboxFault, { place }: Asked): string {
  const missing = readField(fault, 'missing');
  const lack = missing === 'MOVE' ? 'neither MOVE nor UIDPLUS' : 'no UIDPLUS';
  return missing === ''
    ? `${place} cannot do what the configuration asks of it; npx postroom mailbox test NAME says what`
    : `${place} has ${lack}, so it cannot ${missing === 'MOVE' ? 'move' : 'delete'} single mails; choose another afterwards, such as "mark-seen"`;
}

/** One sentence for a person: what failed with a mailbox, and what to do. Holds no password. */
export function explainMailboxFault(fault: MailboxFault, mailbox: MailboxConfiguration): string {
  const server = resolveMailboxServer(mailbox);
  const asked: Asked = { mailbox, server, place: `${server.host}:${server.port}` };
  switch (fault.code) {
    case 'peer-protocol':
      return explainProtocol(fault, asked);
    case 'peer-unavailable':
      return explainUnavailable(fault, asked);
    case 'peer-throttled':
      return explainThrottled(asked);
    case 'peer-authentication':
      return explainCredential(fault, asked);
    case 'mailbox-unsuitable':
      return explainUnsuitable(fault, asked);
    case 'folder-missing':
      return `a folder of the configuration is not there; npx postroom mailbox test ${mailbox.name} lists those that are`;
    default:
      return `it failed with ${fault.code}; docs/errors.md says what that is`;
  }
}
