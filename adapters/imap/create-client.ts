import { ImapFlow, type ImapFlowOptions } from 'imapflow';
import type { SessionOptions } from '../../mail/ports/mailbox-ports.ts';
import { POSTROOM_VERSION } from '../../mail/version.ts';
import type { ImapLimits } from './limits.ts';

/** What imapflow does on its own and a poll has no use for: each would be a command. */
const QUIET: ImapFlowOptions = {
  disableAutoIdle: true,
  disableAutoEnable: true,
  disableCompression: true,
  disableBinary: true,
  disableIMAP4rev2: true,
};

const ignore = (): void => undefined;

/** Reads one number of imapflow's log and keeps nothing else: it has addresses and subjects. */
const createThrottleLog = (onThrottle: (delayMs: number) => void) => ({
  debug: ignore,
  info: ignore,
  warn(entry: unknown) {
    if (typeof entry !== 'object' || entry === null || !('throttleDelay' in entry)) return;
    if (typeof entry.throttleDelay === 'number') onThrottle(entry.throttleDelay);
  },
  // Without one imapflow writes errors to the console.
  error: ignore,
  fatal: ignore,
  // imapflow renders each response for a level that somebody reads.
  isLevelEnabled: (level: string): boolean => level === 'warn',
});

/**
 * Makes an imapflow client that sends as little as it can and trusts nobody.
 *
 * @param onThrottle Called when the server asks us to wait, before imapflow does so inside the call,
 *   for minutes.
 */
export function createClient(
  { server, credential }: Pick<SessionOptions, 'server' | 'credential'>,
  limits: ImapLimits,
  onThrottle: (delayMs: number) => void,
): ImapFlow {
  return new ImapFlow({
    ...QUIET,
    host: server.host,
    port: server.port,
    secure: server.security === 'implicit-tls',
    // `true` demands it; undefined would go on in the clear where it is not offered.
    doSTARTTLS: server.security === 'starttls',
    tls: {
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(server.ca === undefined ? {} : { ca: server.ca }),
    },
    auth: { user: credential.user, pass: credential.password },
    // QUIRK(netease): refuses to open a mailbox for a client that does not name itself.
    clientInfo: { name: 'Postroom', version: POSTROOM_VERSION, vendor: '', 'support-url': '' },
    logger: createThrottleLog(onThrottle),
    connectionTimeout: limits.stepMs.connect,
    greetingTimeout: limits.stepMs.greeting,
    // Out of the way: it would also end a session whose caller is busy between two commands.
    socketTimeout: 2 * limits.stepMs.total,
    maxLiteralSize: limits.literalBytes,
    maxLineLength: limits.lineBytes,
    // The lines around the literals of one response.
    maxResponseSize: limits.literalBytes + limits.lineBytes,
  });
}
