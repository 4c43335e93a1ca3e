import type { ProgramSetup } from './run-program.ts';

/** The programs that people fetch IMAP mail with. */
export const IMAP_PROGRAMS: readonly ProgramSetup[] = [
  {
    program: 'mbsync',
    file: 'mbsyncrc',
    createText: ({ port, credential }, folder) => [
      ...['IMAPAccount bench', 'Host 127.0.0.1', `Port ${port}`, 'SSLType None'],
      ...['AuthMechs LOGIN', `User ${credential.user}`, `Pass ${credential.password}`, ''],
      ...['IMAPStore far', 'Account bench', ''],
      ...['MaildirStore near', `Path ${folder}/`, `Inbox ${folder}/mail`, ''],
      ...['Channel bench', 'Far :far:', 'Near :near:', 'Patterns INBOX', 'Create Near'],
      ...['Sync PullNew', `SyncState ${folder}/`],
    ],
    createWords: (folder) => ['-q', '-c', `${folder}/mbsyncrc`, 'bench'],
  },
  {
    program: 'fetchmail',
    file: 'fetchmailrc',
    createText: ({ port, credential }, folder) => [
      `poll 127.0.0.1 protocol IMAP port ${port} auth password`,
      `user "${credential.user}" password "${credential.password}" keep fetchall sslproto ''`,
      `bsmtp "${folder}/all"`,
    ],
    createWords: (folder) => ['-s', '-f', `${folder}/fetchmailrc`, '-i', `${folder}/ids`],
  },
  {
    program: 'getmail',
    file: 'getmailrc',
    createText: ({ port, credential }, folder) => [
      ...['[retriever]', 'type = SimpleIMAPRetriever', 'server = 127.0.0.1', `port = ${port}`],
      ...[`username = ${credential.user}`, `password = ${credential.password}`],
      ...['[destination]', 'type = Maildir', `path = ${folder}/mail/`],
      ...['[options]', 'verbose = 0', 'delivered_to = false', 'received = false'],
    ],
    createWords: (folder) => [`--getmaildir=${folder}`, '--rcfile=getmailrc'],
  },
];
