import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How long an engine on this machine may take to say that it is there. */
const PING_TIMEOUT_MS = 5000;

/** Whether a Docker API answers at a socket. */
const answersPing = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: PING_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy(new Error('no answer')));
    ping.on('error', () => {
      resolve(false);
    });
    ping.end();
  });

/** Sockets of Docker Engine and Docker Desktop. */
const listSockets = (): readonly string[] => [
  '/var/run/docker.sock',
  join(homedir(), '.docker/run/docker.sock'),
];

/**
 * Where a container engine answers, as `DOCKER_HOST` writes it; undefined when none does.
 *
 * @param dockerHost The variable as it is set. An address that is no socket is taken on trust.
 */
export async function findContainerEngine(
  dockerHost: string | undefined,
): Promise<string | undefined> {
  if (dockerHost !== undefined && dockerHost !== '' && !dockerHost.startsWith('unix://')) {
    return dockerHost;
  }
  const sockets = dockerHost?.startsWith('unix://')
    ? [dockerHost.slice('unix://'.length)]
    : listSockets();
  for (const socket of sockets) {
    if (existsSync(socket) && (await answersPing(socket))) return `unix://${socket}`;
  }
  return undefined;
}
