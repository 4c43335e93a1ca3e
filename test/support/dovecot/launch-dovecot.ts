import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findFreePort } from '../find-free-port.ts';
import type { Authority } from './create-authority.ts';
import {
  type DovecotPorts,
  type DovecotSetup,
  formatDovecotConfiguration,
} from './dovecot-configuration.ts';

/** `nobody` on Debian: Dovecot touches no mail as root. */
const NOBODY = 65534;
const MAX_STARTS = 5;
const START_TIMEOUT_MS = 10_000;

/** Debian keeps Dovecot in a folder that is not on everybody's PATH. */
export const DOVECOT_ENVIRONMENT = {
  ...process.env,
  PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`,
};

/** A Dovecot that answers. */
export interface RunningDovecot {
  readonly ports: DovecotPorts;
  /** Its configuration file, for doveadm. */
  readonly file: string;
  readonly server: ChildProcess;
}

async function findFreePorts(): Promise<DovecotPorts> {
  const [imap = 0, imaps = 0, pop3 = 0, pop3s = 0] = await Promise.all(
    Array.from({ length: 4 }, findFreePort),
  );
  return { imap, imaps, pop3, pop3s };
}

/** Root gives each part its own user, as Debian's package means it; anybody else is all of them. */
function pickUsers(): Pick<DovecotSetup, 'owner' | 'users'> {
  const { uid, gid, username } = userInfo();
  if (uid === 0) {
    return {
      owner: { uid: NOBODY, gid: NOBODY },
      users: { login: 'dovenull', internal: 'dovecot', group: 'dovecot' },
    };
  }
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
  return { owner: { uid, gid }, users: { login: username, internal: username, group } };
}

function writeSetup(setup: DovecotSetup, authority: Authority): string {
  for (const name of ['users', 'run', 'state']) {
    mkdirSync(join(setup.folder, name), { recursive: true });
  }
  chmodSync(setup.folder, 0o755);
  chmodSync(join(setup.folder, 'users'), 0o777);
  writeFileSync(join(setup.folder, 'server.crt'), authority.serverCertificate);
  writeFileSync(join(setup.folder, 'server.key'), authority.serverKey, { mode: 0o600 });
  const file = join(setup.folder, 'dovecot.conf');
  writeFileSync(file, formatDovecotConfiguration(setup));
  return file;
}

const hasGreeting = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    // A refused connection is an error and a close; the close tells enough.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      resolve(false);
    });
  });

/** Whether it came up: not when a port was taken by another since it was found free. */
async function isUp(server: ChildProcess, ports: DovecotPorts): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (server.exitCode === null && Date.now() < deadline) {
    if ((await hasGreeting(ports.imap)) && (await hasGreeting(ports.pop3))) return true;
    await wait(20);
  }
  return false;
}

/** Ends a server by its process id, and returns when it has ended. */
export async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}

/**
 * Starts Dovecot with a configuration written into the folder, on ports that are free.
 *
 * @throws {Error} With Dovecot's own log when it does not come up.
 */
export async function launchDovecot(
  base: Pick<DovecotSetup, 'folder' | 'password' | 'capabilities'>,
  authority: Authority,
): Promise<RunningDovecot> {
  for (let attempt = 1; attempt <= MAX_STARTS; attempt += 1) {
    const ports = await findFreePorts();
    const file = writeSetup({ ...base, ports, ...pickUsers() }, authority);
    const server = spawn('dovecot', ['-F', '-c', file], {
      stdio: 'ignore',
      env: DOVECOT_ENVIRONMENT,
    });
    if (await isUp(server, ports)) return { ports, file, server };
    await stopServer(server);
  }
  const log = readFileSync(join(base.folder, 'dovecot.log'), 'utf8');
  throw new Error(`Dovecot does not start:\n${log}`);
}
