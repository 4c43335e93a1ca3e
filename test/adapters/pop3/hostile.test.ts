import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PostroomError } from '../../../mail/errors.ts';
import { startScriptedServer } from '../../support/scripted-server/start-scripted-server.ts';
import {
  collect,
  createShortStep,
  digestContent,
  listAll,
  openTestSession,
  readAll,
  type TestSessionOptions,
} from './open-session.ts';
import { type ScriptedMailbox, startScriptedMailbox } from './scripted-mailbox.ts';

const turnLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const MAILS = ['Subject: one\r\n\r\nText\r\n', 'Subject: two\r\n\r\n'];

async function openScripted(mailbox: ScriptedMailbox, options: Partial<TestSessionOptions> = {}) {
  const { server, heard, countSent } = await startScriptedMailbox({ mails: MAILS, ...mailbox });
  return { session: await openTestSession({ server, ...options }), heard, countSent };
}

/** Does everything that a session can do, up to the deletion of all mails. */
async function runSession(mailbox: ScriptedMailbox, dropAfterBytes?: number) {
  const options = dropAfterBytes === undefined ? {} : { dropAfterBytes };
  const scripted = await startScriptedMailbox({ mails: MAILS, ...mailbox }, options);
  const session = await openTestSession({ server: scripted.server, isReadOnly: false });
  await session.openFolder('INBOX');
  const mails = await listAll(session);
  await collect(session.readHeaders(mails));
  await readAll(session);
  await session.changeMails(mails, { kind: 'delete' });
  await session.close();
  return scripted;
}

describe('a POP3 server that hangs up', () => {
  it('is unavailable, wherever it does so', async () => {
    const bytes = (await runSession({})).countSent();
    expect(bytes).toBeGreaterThan(200);
    for (let sent = 0; sent < bytes - 1; sent += 1) {
      await expect(runSession({}, sent), `after ${sent} bytes`).rejects.toMatchObject({
        code: 'peer-unavailable',
        fields: { peer: 'POP3' },
      });
    }
    await runSession({}, bytes);
  });
});

describe('a POP3 server that stalls', () => {
  const timeout = (step: string) => ({
    code: 'peer-unavailable',
    fields: { peer: 'POP3', name: 'TimeoutError', step },
  });

  it('is given up before it greets', async () => {
    const { port } = await startScriptedServer(() => Promise.resolve());
    const server = { protocol: 'pop3', host: '127.0.0.1', port, security: 'none' } as const;
    await expect(
      openTestSession({
        server: { ...server, ca: undefined },
        limits: createShortStep('greeting'),
      }),
    ).rejects.toMatchObject(timeout('greeting'));
  });

  it('is given up before TLS begins', async () => {
    const { port } = await startScriptedServer(() => Promise.resolve());
    const server = { protocol: 'pop3', host: '127.0.0.1', port, security: 'implicit-tls' } as const;
    await expect(
      openTestSession({ server: { ...server, ca: undefined }, limits: createShortStep('tls') }),
    ).rejects.toMatchObject(timeout('tls'));
  });

  it.each([
    ['command', { STAT: '' }],
    ['command', { STAT: '+OK 2' }],
  ] as const)('is given up in the %s %j', async (step, answers) => {
    const { session } = await openScripted({ answers }, { limits: createShortStep(step) });
    await expect(session.openFolder('INBOX')).rejects.toMatchObject(timeout(step));
  });

  it.each(['+OK\r\n', '+OK\r\n1 23\r\n', '+OK\r\n1 23\r\n.', '+OK\r\n1 23\r\n.\r'])(
    'is given up in the middle of a listing: %j',
    async (UIDL) => {
      const limits = createShortStep('idle');
      const { session } = await openScripted({ answers: { UIDL } }, { limits });
      await expect(listAll(session)).rejects.toMatchObject(timeout('idle'));
    },
  );

  it('is given up when all of it takes too long, whatever it sends', async () => {
    const { session } = await openScripted(
      { answers: { STAT: '' } },
      { limits: createShortStep('total') },
    );
    await expect(session.openFolder('INBOX')).rejects.toMatchObject(timeout('total'));
    await expect(session.openFolder('INBOX')).rejects.toMatchObject(timeout('total'));
  });

  it('is left at once when the caller wants it so', async () => {
    const controller = new AbortController();
    const { session } = await openScripted(
      { answers: { STAT: '' } },
      { signal: controller.signal },
    );
    const opening = session.openFolder('INBOX');
    controller.abort();
    await expect(opening).rejects.toMatchObject({ fields: { name: 'AbortError' } });
  });

  it('is left at once when the session is cut off', async () => {
    const { session } = await openScripted({ answers: { STAT: '' } });
    const opening = session.openFolder('INBOX');
    session.abort();
    await expect(opening).rejects.toMatchObject({ fields: { name: 'AbortError' } });
  });
});

describe('a POP3 server that breaks the protocol', () => {
  it.each(['* OK IMAP4rev1', '220 ESMTP', '+OKAY', '', '-err'])(
    'is not talked to after the greeting %j',
    async (greeting) => {
      const { server, heard } = await startScriptedMailbox({ greeting });
      await expect(openTestSession({ server })).rejects.toMatchObject({ code: 'peer-protocol' });
      expect(heard).toEqual([]);
    },
  );

  it.each([
    ['no totals', 'STAT', '+OK\r\n'],
    ['totals that are none', 'STAT', '+OK two 30\r\n'],
    ['a question', 'STAT', '+ \r\n'],
    ['a line of its own', 'STAT', 'BYE\r\n'],
    ['a line without a number', 'LIST', '+OK\r\nx 3\r\n.\r\n'],
    ['the number 0', 'LIST', '+OK\r\n0 3\r\n.\r\n'],
    ['a number twice', 'LIST', '+OK\r\n1 3\r\n1 3\r\n.\r\n'],
    ['a mail without a size', 'LIST', '+OK\r\n1\r\n.\r\n'],
    ['a negative size', 'LIST', '+OK\r\n1 -3\r\n.\r\n'],
    ['a number twice', 'UIDL', '+OK\r\n1 a\r\n1 b\r\n.\r\n'],
    ['a question', 'TOP', '+ \r\n'],
  ])('gets no command any more after %s in answer to %s', async (_title, command, answer) => {
    const { session, heard } = await openScripted({ answers: { [command]: answer } });
    const read = async () => {
      await session.openFolder('INBOX');
      await readAll(session);
    };
    await expect(read()).rejects.toMatchObject({ code: 'peer-protocol', fields: { peer: 'POP3' } });
    const before = [...heard];
    await expect(session.openFolder('INBOX')).rejects.toMatchObject({ code: 'peer-protocol' });
    await session.close();
    expect(heard).toEqual(before);
  });

  it('gets no command any more when it spoke out of turn', async () => {
    const { session, heard } = await openScripted({ answers: { STAT: '+OK 0 0\r\n+OK\r\n' } });
    await session.openFolder('INBOX');
    await expect(listAll(session)).rejects.toThrow('spoke out of turn');
    expect(heard.at(-1)).toBe('STAT');
  });
});

describe('a POP3 server that sends too much', () => {
  it.each([
    ['below', 88],
    ['at', 89],
  ])('may send a line %s the limit', async (_title, letters) => {
    const STAT = `+OK 2 30 ${'a'.repeat(letters)}\r\n`;
    const { session } = await openScripted({ answers: { STAT } }, { limits: { lineBytes: 100 } });
    expect(await session.openFolder('INBOX')).toMatchObject({ mails: 2 });
  });

  it('may send no line above the limit', async () => {
    const STAT = `+OK 2 30 ${'a'.repeat(90)}\r\n`;
    const { session } = await openScripted({ answers: { STAT } }, { limits: { lineBytes: 100 } });
    await expect(session.openFolder('INBOX')).rejects.toThrow('sent a line beyond the limit');
  });

  it('may send no line without an end', async () => {
    const { session } = await openScripted({ answers: { STAT: '+'.repeat(5000) } });
    await expect(session.openFolder('INBOX')).rejects.toThrow('sent a line beyond the limit');
  });

  it('may send no line above the limit in a listing', async () => {
    const LIST = `+OK\r\n1 30 ${'a'.repeat(100)}\r\n.\r\n`;
    const { session } = await openScripted({ answers: { LIST } }, { limits: { lineBytes: 100 } });
    await expect(listAll(session)).rejects.toThrow('sent a line beyond the limit');
  });

  it.each([
    ['below', 15],
    ['at', 14],
  ])('may send a listing %s the limit', async (_title, listingBytes) => {
    const answers = { LIST: '+OK\r\n1 3\r\n2 3\r\n.\r\n', UIDL: '+OK\r\n1 aa\r\n2 b\r\n.\r\n' };
    const { session } = await openScripted(
      { answers, capabilities: ['UIDL'] },
      {
        limits: { listingBytes },
      },
    );
    expect(await listAll(session)).toHaveLength(2);
  });

  it('may send no listing above the limit', async () => {
    const answers = { LIST: '+OK\r\n1 3\r\n2 3\r\n.\r\n' };
    const { session } = await openScripted(
      { answers, capabilities: [] },
      {
        limits: { listingBytes: 9 },
      },
    );
    await expect(listAll(session)).rejects.toThrow('sent a listing beyond the limit');
  });

  it.each([2, 3])('may have mails up to the limit: %i', async (mails) => {
    const { session } = await openScripted({}, { limits: { mails } });
    expect(await listAll(session)).toHaveLength(2);
  });

  it('may have no more mails than the limit', async () => {
    const { session } = await openScripted({}, { limits: { mails: 1 } });
    await expect(listAll(session)).rejects.toThrow('lists more mails than we read');
  });

  it.each([
    ['below', 24],
    ['at', 23],
  ])('may send a mail %s the limit', async (_title, mailBytes) => {
    const { session } = await openScripted({}, { limits: { mailBytes } });
    expect(await readAll(session)).toEqual(MAILS);
  });

  it('may send no mail above the limit', async () => {
    const { session } = await openScripted({}, { limits: { mailBytes: 21 } });
    await expect(readAll(session)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('ends a stream with an error when the mail passes the limit', async () => {
    const { session } = await openScripted({}, { limits: { mailBytes: 21 }, maxBufferedBytes: 8 });
    await expect(readAll(session)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('has a header cut off at the limit', async () => {
    const { session } = await openScripted({}, { limits: { headerBytes: 8 } });
    const headers = await collect(session.readHeaders(await listAll(session)));
    expect(headers[0]?.header.toString()).toMatch(/^Subject:/);
    expect(await readAll(session)).toEqual(MAILS);
  });

  it('is held up while nobody reads', async () => {
    const large = `Subject: x\r\n\r\n${`${'a'.repeat(78)}\r\n`.repeat(800_000)}`;
    const { server, countSent } = await startScriptedMailbox(
      { mails: [large] },
      { packetBytes: 128 * 1024 },
    );
    const session = await openTestSession({ server });
    for await (const fetched of session.readMails(await listAll(session))) {
      // The server would send some 500 packets in this time.
      for (let turn = 0; turn < 2000; turn += 1) await turnLoop();
      expect(countSent()).toBeLessThan(large.length / 2);
      expect(await digestContent(fetched)).toEqual({
        form: 'stream',
        sha256: hash('sha256', large),
      });
    }
  });
});

describe('a POP3 server that lies', () => {
  it('about sizes that are too small gets large mail streamed', async () => {
    const answers = { LIST: '+OK\r\n1 1\r\n2 1\r\n.\r\n' };
    const { session } = await openScripted({ answers }, { maxBufferedBytes: 16 });
    const digests = [];
    for await (const fetched of session.readMails(await listAll(session))) {
      digests.push((await digestContent(fetched)).form);
    }
    expect(digests).toEqual(['stream', 'buffer']);
    expect(await readAll(session)).toEqual(MAILS);
  });

  it('about sizes that are too large has its mail read all the same', async () => {
    const answers = { LIST: '+OK\r\n1 999999999999999\r\n2 1000\r\n.\r\n' };
    const { session } = await openScripted({ answers });
    expect(await readAll(session)).toEqual(MAILS);
  });

  it('about the number of mails is believed what it lists', async () => {
    const { session } = await openScripted({ answers: { STAT: '+OK 999 1\r\n' } });
    expect(await session.openFolder('INBOX')).toMatchObject({ mails: 999 });
    expect(await readAll(session)).toEqual(MAILS);
  });

  it('with mails in LIST alone has them read', async () => {
    const { session } = await openScripted({ answers: { UIDL: '+OK\r\n1 a\r\n.\r\n' } });
    expect((await listAll(session)).map(({ id }) => id)).toEqual([
      'a',
      expect.stringMatching(/^header [0-9a-f]{64}$/),
    ]);
    expect(await readAll(session)).toEqual(MAILS);
  });

  it('with mails in UIDL alone has them read', async () => {
    const { session } = await openScripted({ answers: { LIST: '+OK\r\n2 16\r\n.\r\n' } });
    expect((await listAll(session)).map(({ bytes }) => bytes)).toEqual([0, 16]);
    expect(await readAll(session)).toEqual(MAILS);
  });
});

it('no error of a POP3 session carries what the server or the credential says', async () => {
  const secret = 'anna-secret-4711';
  const credential = { kind: 'password', user: secret, password: secret } as const;
  const answers = { AUTH: `-ERR [${secret}] no such user ${secret}\r\n` };
  const { server } = await startScriptedMailbox({ answers });
  const error: unknown = await openTestSession({ server, credential }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PostroomError);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('4711');
});
