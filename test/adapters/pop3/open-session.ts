import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { onTestFinished } from 'vitest';
import { createPop3Opener } from '../../../adapters/pop3/open-pop3-session.ts';
import { POP3_LIMITS, type Pop3Limits, type Step } from '../../../adapters/pop3/limits.ts';
import type {
  FetchedMail,
  ListedMail,
  MailboxSession,
  SessionOptions,
} from '../../../mail/ports/mailbox-ports.ts';

/** What a test's session needs to be told. */
export type TestSessionOptions = Pick<SessionOptions, 'server'> &
  Partial<SessionOptions> & { readonly limits?: Partial<Pop3Limits> };

/** Bounds of a test: `step` may take 100 ms, the others what they may in production. */
export const createShortStep = (step: Step): Pick<Pop3Limits, 'stepMs'> => ({
  stepMs: { ...POP3_LIMITS.stepMs, [step]: 100 },
});

/** Opens a session that is cut off when the test ends. */
export async function openTestSession(options: TestSessionOptions): Promise<MailboxSession> {
  const session = await createPop3Opener({ ...POP3_LIMITS, ...options.limits })({
    credential: { kind: 'password', user: 'anna', password: 'secret' },
    isReadOnly: true,
    maxBufferedBytes: 1024 * 1024,
    signal: new AbortController().signal,
    ...options,
  });
  onTestFinished(() => {
    session.abort();
  });
  return session;
}

/** All that an iterable gives. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** All mails that there are. */
export const listAll = (session: MailboxSession): Promise<readonly ListedMail[]> =>
  collect(session.listMails({ kind: 'all' }));

/** The text of what was fetched, or its kind where there is none. */
export async function readContent(fetched: FetchedMail): Promise<string> {
  if (fetched.kind !== 'content') return fetched.kind;
  const { content } = fetched;
  return (Buffer.isBuffer(content) ? content : await buffer(content)).toString('latin1');
}

/** Lists and reads everything: the texts of all mails. */
export async function readAll(session: MailboxSession): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const fetched of session.readMails(await listAll(session))) {
    texts.push(await readContent(fetched));
  }
  return texts;
}

/** In which form a mail came, and the hash of its bytes. */
export async function digestContent(fetched: FetchedMail) {
  if (fetched.kind !== 'content') return { form: fetched.kind };
  const { content } = fetched;
  const digest = createHash('sha256');
  if (Buffer.isBuffer(content)) digest.update(content);
  else await pipeline(content, digest);
  const form = Buffer.isBuffer(content) ? ('buffer' as const) : ('stream' as const);
  return { form, sha256: digest.digest('hex') };
}
