import { MailboxError } from '../../mail/errors.ts';
import type { MailboxCredential } from '../../mail/ports/mailbox-ports.ts';
import type { Answer } from './answer.ts';
import { classifyLoginRefusal } from './classify-refusal.ts';
import { authenticate, createPlainMechanism } from './commands/auth.ts';
import type { Capabilities } from './commands/capa.ts';
import { expectOk } from './commands/expect-ok.ts';
import { sendUserAndPassword } from './commands/user-pass.ts';
import type { Pop3Connection } from './connection.ts';

/**
 * SECURITY: a line's end in a credential would begin a command of its own; NUL ends a part of SASL
 * PLAIN.
 */
function assertOneLine(name: string, value: string): void {
  if (!/[\r\n\0]/.test(value)) return;
  throw new MailboxError(
    'credential-missing',
    `the ${name} in the secret holds a line's end or a NUL`,
    { fields: { peer: 'POP3' } },
  );
}

/** LOGIN-DELAY in seconds (RFC 2449 section 6.5). */
function readLoginDelayMs(capabilities: Capabilities): number | undefined {
  const [seconds = ''] = capabilities.get('LOGIN-DELAY') ?? [];
  return /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

async function sendCredential(
  connection: Pop3Connection,
  { user, password }: MailboxCredential,
  capabilities: Capabilities,
): Promise<readonly [command: string, answer: Answer]> {
  const isPlainOffered = capabilities.get('SASL')?.includes('PLAIN') === true;
  return isPlainOffered
    ? ['AUTH', await authenticate(connection, createPlainMechanism(user, password))]
    : ['PASS', await sendUserAndPassword(connection, user, password)];
}

/**
 * Logs in, by SASL PLAIN where the server offers it, else by USER and PASS.
 *
 * @throws {MailboxError} `credential-missing` when the credential can stand in no command.
 * @throws {PeerAuthenticationError} When the server refuses it.
 * @throws {PeerThrottledError | PeerUnavailableError} When it refuses for another reason.
 */
export async function logIn(
  connection: Pop3Connection,
  credential: MailboxCredential,
  capabilities: Capabilities,
): Promise<void> {
  assertOneLine('user', credential.user);
  assertOneLine('password', credential.password);
  const [command, answer] = await sendCredential(connection, credential, capabilities);
  if (answer.kind !== 'refused') {
    expectOk(command, answer);
    return;
  }
  const { responseCode } = answer;
  throw classifyLoginRefusal({ command, responseCode }, readLoginDelayMs(capabilities));
}
