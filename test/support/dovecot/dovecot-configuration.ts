/** The ports of a Dovecot: each protocol in the clear, with STARTTLS or STLS, and over TLS. */
export interface DovecotPorts {
  readonly imap: number;
  readonly imaps: number;
  readonly pop3: number;
  readonly pop3s: number;
}

/** What makes one Dovecot differ from another. */
export interface DovecotSetup {
  /** Everything that it writes is in here. */
  readonly folder: string;
  readonly ports: DovecotPorts;
  readonly password: string;
  /** Whom the mail belongs to; never root, whom Dovecot refuses. */
  readonly owner: { readonly uid: number; readonly gid: number };
  /** The user that logins and everything else run as: one user when there is no root to change it. */
  readonly users: { readonly login: string; readonly internal: string; readonly group: string };
  /** Told to IMAP clients after they logged in. */
  readonly capabilities: readonly string[];
}

/** What Dovecot 2.3 says that it can once somebody is logged in. */
export const DOVECOT_CAPABILITIES: readonly string[] = [
  ...['IMAP4rev1', 'SASL-IR', 'LOGIN-REFERRALS', 'ID', 'ENABLE', 'IDLE', 'SORT', 'SORT=DISPLAY'],
  ...['THREAD=REFERENCES', 'THREAD=REFS', 'THREAD=ORDEREDSUBJECT', 'MULTIAPPEND', 'URL-PARTIAL'],
  ...['CATENATE', 'UNSELECT', 'CHILDREN', 'NAMESPACE', 'UIDPLUS', 'LIST-EXTENDED', 'I18NLEVEL=1'],
  ...['CONDSTORE', 'QRESYNC', 'ESEARCH', 'ESORT', 'SEARCHRES', 'WITHIN', 'CONTEXT=SEARCH'],
  ...['LIST-STATUS', 'BINARY', 'MOVE', 'SNIPPET=FUZZY', 'PREVIEW=FUZZY', 'PREVIEW', 'STATUS=SIZE'],
  ...['SAVEDATE', 'LITERAL+', 'NOTIFY', 'SPECIAL-USE'],
];

const formatListener = (name: string, port: number, isTls: boolean): string => `
  inet_listener ${name} {
    address = 127.0.0.1
    port = ${port}
    ssl = ${isTls ? 'yes' : 'no'}
  }`;

/** One process serves all logins, and changes its root folder only where that needs no root. */
const formatLoginService = (protocol: 'imap' | 'pop3', ports: DovecotPorts): string => `
service ${protocol}-login {
  chroot =
  service_count = 0
  process_limit = 1
  client_limit = 2000
  ${formatListener(protocol, ports[protocol], false)}
  ${formatListener(`${protocol}s`, ports[`${protocol}s`], true)}
}`;

const formatMailboxes = (): string =>
  ['Junk', 'Trash', 'Sent', 'Archive']
    .map((name) => `  mailbox ${name} {\n    special_use = \\${name}\n    auto = subscribe\n  }\n`)
    .join('');

/** The file that makes Dovecot 2.3 a mail server of one temporary folder. */
export const formatDovecotConfiguration = (setup: DovecotSetup): string => `
base_dir = ${setup.folder}/run
state_dir = ${setup.folder}/state
log_path = ${setup.folder}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
default_internal_user = ${setup.users.internal}
default_internal_group = ${setup.users.group}
default_login_user = ${setup.users.login}
ssl = yes
ssl_cert = <${setup.folder}/server.crt
ssl_key = <${setup.folder}/server.key
first_valid_uid = 1
last_valid_uid = 0
# A wrong password is answered at once, however many came before it.
auth_failure_delay = 0
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
passdb {
  driver = static
  args = password=${setup.password}
}
userdb {
  driver = static
  args = uid=${setup.owner.uid} gid=${setup.owner.gid} home=${setup.folder}/users/%n allow_all_users=yes
}
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 1000
namespace inbox {
  inbox = yes
  separator = /
${formatMailboxes()}}
protocol imap {
  imap_capability = ${setup.capabilities.join(' ')}
}
protocol pop3 {
  pop3_uidl_format = %08Xu%08Xv
}
${formatLoginService('imap', setup.ports)}
${formatLoginService('pop3', setup.ports)}
`;
