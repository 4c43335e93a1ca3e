import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAuthority } from './create-authority.ts';
import { DOVECOT_CAPABILITIES, type DovecotPorts } from './dovecot-configuration.ts';
import { createDovecotMailbox, type DovecotMailbox } from './dovecot-mailbox.ts';
import { DOVECOT_ENVIRONMENT, launchDovecot, stopServer } from './launch-dovecot.ts';

const run = promisify(execFile);

const PASSWORD = 'correct-horse';

/** A Dovecot of one run. */
export interface Dovecot {
  readonly ports: DovecotPorts;
  /** PEM of the authority that signed its certificate. */
  readonly ca: string;
  /** A new user with an empty mailbox that has `INBOX`, `Junk`, `Trash`, `Sent` and `Archive`. */
  readonly createMailbox: () => DovecotMailbox;
  /** Ends it and removes its files. */
  readonly stop: () => Promise<void>;
}

/** How a Dovecot is started. */
export interface DovecotOptions {
  /** Capabilities that it does not speak of to IMAP clients, as `UIDPLUS`. @default none */
  readonly without?: readonly string[];
  /** Capabilities that it speaks of beside its own. @default none */
  readonly claims?: readonly string[];
}

/** The user stands behind the command's words: `doveadm mailbox create -u user1 Archive`. */
async function runDoveadm(
  file: string,
  user: string,
  command: string,
  args: readonly string[],
): Promise<string> {
  const words = ['-c', file, '-f', 'tab', ...command.split(' '), '-u', user, ...args];
  const { stdout } = await run('doveadm', words, { env: DOVECOT_ENVIRONMENT });
  return stdout;
}

/**
 * Starts a Dovecot of its own on free loopback ports: IMAP with STARTTLS, IMAPS, POP3 with STLS and
 * POP3S, all its files in a temporary folder. Any user name is somebody, with one password.
 */
export async function startDovecot({
  without = [],
  claims = [],
}: DovecotOptions = {}): Promise<Dovecot> {
  const authority = await createAuthority();
  const folder = mkdtempSync(join(tmpdir(), 'postroom-dovecot-'));
  const capabilities = [
    ...DOVECOT_CAPABILITIES.filter((name) => !without.includes(name)),
    ...claims,
  ];
  const base = { folder, password: PASSWORD, capabilities };
  const { ports, file, server } = await launchDovecot(base, authority);
  const createMailbox = (user: string): DovecotMailbox =>
    createDovecotMailbox({
      home: join(folder, 'users', user),
      credential: { kind: 'password', user, password: PASSWORD },
      createServer: (protocol, security) => ({
        ...{ protocol, host: '127.0.0.1', security, ca: authority.ca },
        port: ports[security === 'implicit-tls' ? (`${protocol}s` as const) : protocol],
      }),
      runDoveadm: (command, ...args) => runDoveadm(file, user, command, args),
    });
  let users = 0;
  return {
    ports,
    ca: authority.ca,
    createMailbox() {
      users += 1;
      return createMailbox(`user${users}`);
    },
    async stop() {
      await stopServer(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
