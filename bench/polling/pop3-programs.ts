import type { ProgramSetup } from './run-program.ts';

/** The programs that people fetch POP3 mail with. */
export const POP3_PROGRAMS: readonly ProgramSetup[] = [
  {
    program: 'mpop',
    file: 'mpoprc',
    createText: ({ port, credential }, folder) => [
      ...['account default', 'host 127.0.0.1', `port ${port}`, 'tls off', 'auth user'],
      ...[`user ${credential.user}`, `password ${credential.password}`, 'keep on'],
      ...[`delivery maildir ${folder}/mail`, `uidls_file ${folder}/uidls`],
    ],
    createWords: (folder) => ['-q', '-C', `${folder}/mpoprc`],
  },
  {
    program: 'fetchmail',
    file: 'fetchmailrc',
    createText: ({ port, credential }, folder) => [
      `poll 127.0.0.1 protocol POP3 port ${port} auth password uidl`,
      `user "${credential.user}" password "${credential.password}" keep fetchall sslproto ''`,
      `bsmtp "${folder}/all"`,
    ],
    createWords: (folder) => ['-s', '-f', `${folder}/fetchmailrc`, '-i', `${folder}/ids`],
  },
  {
    program: 'getmail',
    file: 'getmailrc',
    createText: ({ port, credential }, folder) => [
      ...['[retriever]', 'type = SimplePOP3Retriever', 'server = 127.0.0.1', `port = ${port}`],
      ...[`username = ${credential.user}`, `password = ${credential.password}`],
      ...['[destination]', 'type = Maildir', `path = ${folder}/mail/`],
      ...['[options]', 'verbose = 0', 'delivered_to = false', 'received = false'],
    ],
    createWords: (folder) => [`--getmaildir=${folder}`, '--rcfile=getmailrc'],
  },
];
