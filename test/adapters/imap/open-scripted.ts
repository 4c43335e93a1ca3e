import type { FetchedMail, ListedMail, MailboxSession } from '../../../mail/ports/mailbox-ports.ts';
import { openSession, readContent, type TestSession } from './fixture.ts';
import { type Script, type ScriptedImap, startScriptedImap } from './scripted-imap.ts';

const createServer = () =>
  ({ protocol: 'imap', host: '127.0.0.1', port: 0, security: 'none', ca: undefined }) as const;

const CREDENTIAL = { kind: 'password', user: 'someone@example.com', password: 'secret' } as const;

/** Bounds within which a test that waits for one ends soon. */
export const SHORT = {
  connect: 120,
  greeting: 120,
  open: 2000,
  command: 400,
  silence: 200,
  total: 10_000,
};

/** Opens a session with a scripted server. */
export async function openScripted(
  script: Script,
  options: TestSession = {},
): Promise<{ readonly session: MailboxSession; readonly server: ScriptedImap }> {
  const server = await startScriptedImap(script);
  const session = await openSession(
    { credential: CREDENTIAL, createServer },
    { ...options, server: { port: server.port, ...options.server } },
  );
  return { session, server };
}

/** The same, and opens its folder. */
export async function openScriptedFolder(
  script: Script,
  options: TestSession = {},
): Promise<MailboxSession> {
  const { session } = await openScripted(script, options);
  await session.openFolder('INBOX');
  return session;
}

/** Mails as a listing would have given them. */
export const listed = (...sizes: readonly number[]): readonly ListedMail[] =>
  sizes.map((bytes, index) => ({
    id: String(index + 1),
    bytes,
    serverId: undefined,
    receivedAtMs: undefined,
  }));

/** Reads mails to their ends, and says what became of each: its text, `gone`, or its code. */
export async function readTexts(
  session: MailboxSession,
  mails: readonly ListedMail[],
): Promise<readonly (readonly [id: string, outcome: string])[]> {
  const texts: (readonly [string, string])[] = [];
  for await (const fetched of session.readMails(mails)) {
    texts.push([fetched.mail.id, await describe(fetched)]);
  }
  return texts;
}

async function describe(fetched: FetchedMail): Promise<string> {
  switch (fetched.kind) {
    case 'content':
      return (await readContent(fetched.content)).toString('latin1');
    case 'gone':
      return 'gone';
    case 'refused':
      return `refused ${fetched.code}`;
  }
}
