import { resolveMailboxServer } from '../../mail/configuration/resolve-mailbox-server.ts';
import { MailboxError, PeerAuthenticationError } from '../../mail/errors.ts';
import { isCredentialCode } from '../../mail/polling/plan-due.ts';
import { spendBudget } from '../../mail/polling/plan-budget.ts';
import { MAX_BUFFERED_BYTES } from '../../mail/polling/poll-limits.ts';
import type { MailboxCredential, MailboxSession } from '../../mail/ports/mailbox-ports.ts';
import { findMissingCapability } from './find-missing-capability.ts';
import { type PollRun, readChange } from './poll-run.ts';

async function open(
  run: PollRun,
  credential: MailboxCredential,
  signal: AbortSignal,
): Promise<MailboxSession> {
  run.state = { ...run.state, budget: spendBudget(run.state.budget, { sessions: 1 }) };
  return run.ports.openSession({
    server: resolveMailboxServer(run.mailbox),
    credential,
    isReadOnly: readChange(run) === undefined,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
    signal,
  });
}

const isSame = (one: MailboxCredential, other: MailboxCredential): boolean =>
  one.user === other.user && one.password === other.password;

/**
 * Opens a session. A credential that is refused is read again from its store, and tried once more
 * if it is another: the same one is never tried twice.
 */
async function openWithCredential(run: PollRun, signal: AbortSignal): Promise<MailboxSession> {
  const { mailbox, ports, state } = run;
  const wasRefused = isCredentialCode(state.failureCode);
  const credential = await ports.credentials.readCredential(mailbox.name, wasRefused);
  try {
    return await open(run, credential, signal);
  } catch (error) {
    if (!(error instanceof PeerAuthenticationError) || wasRefused) throw error;
    const fresh = await ports.credentials.readCredential(mailbox.name, true);
    if (isSame(credential, fresh)) throw error;
    return open(run, fresh, signal);
  }
}

/**
 * A server that can only expunge a whole folder would take strangers' mail with ours, so it is
 * refused before anything is fetched.
 *
 * @throws {MailboxError} `mailbox-unsuitable`
 */
function assertSuitable(run: PollRun, { capabilities }: MailboxSession): void {
  const missing = findMissingCapability(run.mailbox.protocol, capabilities, readChange(run));
  if (missing === undefined) return;
  const lacks = missing === 'MOVE' ? 'no MOVE and no UIDPLUS' : 'no UIDPLUS: it cannot delete';
  throw new MailboxError('mailbox-unsuitable', `the server has ${lacks}`, { fields: { missing } });
}

/**
 * Opens the mailbox of a poll: read-only unless it is to be changed.
 *
 * @throws {PeerAuthenticationError} When the credential is refused, also when read anew.
 * @throws {MailboxError} `credential-missing`, or `mailbox-unsuitable` for what is to be done.
 * @throws {PeerUnavailableError | PeerThrottledError | PeerProtocolError}
 */
export async function openMailbox(run: PollRun, signal: AbortSignal): Promise<MailboxSession> {
  const session = await openWithCredential(run, signal);
  try {
    assertSuitable(run, session);
    return session;
  } catch (error) {
    session.abort();
    throw error;
  }
}
