import { describe, expect, it } from 'vitest';
import { PostroomError } from '../../../mail/errors.ts';
import { gather } from './fixture.ts';
import { listed, openScripted, openScriptedFolder, readTexts, SHORT } from './open-scripted.ts';
import { literalRow, ok, type ScriptedAnswer } from './scripted-imap.ts';

const openFetching = (answer: ScriptedAnswer, limits = {}) =>
  openScriptedFolder({ answers: { 'UID FETCH': answer } }, { limits });

const readFailure = async (work: Promise<unknown>): Promise<PostroomError> => {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (error instanceof PostroomError) return error;
  throw new Error(`expected an error of ours, came ${String(error)}`);
};

describe('a refused login', () => {
  it.each([
    ['NO [AUTHENTICATIONFAILED] Invalid credentials someone@example.com', 'peer-authentication'],
    ['NO LOGIN failed.', 'peer-authentication'],
    ['NO [ALERT] Application-specific password required', 'peer-authentication'],
    ['NO [WEBALERT https://example.com] Web login required', 'peer-authentication'],
    ['NO [UNAVAILABLE] Temporary failure', 'peer-unavailable'],
    ['NO [INUSE] Mailbox in use', 'peer-unavailable'],
    ['NO [SERVERBUG] Oops', 'peer-unavailable'],
    ['NO [THROTTLED] Slow down', 'peer-throttled'],
    ['NO [LIMIT] Rate limited', 'peer-throttled'],
    ['NO [ALERT] Too many simultaneous connections. (Failure)', 'peer-throttled'],
    ['NO [AUTHENTICATE] Rate limit hit.', 'peer-throttled'],
    ['NO [OVERQUOTA] Account exceeded command or bandwidth limits.', 'peer-throttled'],
    ['BAD Request is throttled', 'peer-throttled'],
    ['BAD what', 'peer-protocol'],
    ['OK in', 'no failure'],
  ])('with %j means %s', async (text, code) => {
    const answers = { LOGIN: ({ tag }: { tag: string }) => `${tag} ${text}\r\n` };
    const outcome = await openScripted({ answers }).then(
      () => 'no failure',
      (error: unknown) => (error instanceof PostroomError ? error.code : String(error)),
    );
    expect(outcome).toBe(code);
  });

  it('is none where the server says that it is logged in and not connected', async () => {
    const answers = {
      NAMESPACE: ({ tag }: { tag: string }) =>
        `${tag} BAD User is authenticated but not connected.\r\n`,
    };
    expect(await readFailure(openScripted({ answers }))).toMatchObject({
      code: 'peer-unavailable',
      fields: { peer: 'IMAP', name: 'NotConnected' },
    });
  });

  it('is a refusal where the server takes no password at all', async () => {
    expect(await readFailure(openScripted({ capabilities: ['LOGINDISABLED'] }))).toMatchObject({
      code: 'peer-authentication',
      fields: { peer: 'IMAP', name: 'NoPasswordLogin' },
    });
  });
});

describe('a connection that cannot be made safe', () => {
  const server = { security: 'starttls' } as const;

  it('is left where STARTTLS is not offered, and no name was sent', async () => {
    const sent: string[] = [];
    const answers = {
      LOGIN: (command: { tag: string; args: string }) => {
        sent.push(command.args);
        return `${command.tag} OK in\r\n`;
      },
    };
    expect(await readFailure(openScripted({ answers }, { server }))).toMatchObject({
      code: 'peer-protocol',
      fields: { peer: 'IMAP', name: 'NoStartTls' },
    });
    expect(sent).toEqual([]);
  });

  it('is left where the greeting says that it is logged in already', async () => {
    const greeting = '* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n';
    expect(await readFailure(openScripted({ greeting }, { server }))).toMatchObject({
      code: 'peer-protocol',
    });
  });

  it('is left where something follows the answer to STARTTLS', async () => {
    const answers = {
      STARTTLS: ({ tag }: { tag: string }) => `${tag} OK go\r\n* CAPABILITY IMAP4rev1\r\n`,
    };
    const script = { capabilities: ['STARTTLS'], answers };
    expect(await readFailure(openScripted(script, { server }))).toMatchObject({
      code: 'peer-protocol',
      fields: { peer: 'IMAP', name: 'STARTTLS_INJECTION' },
    });
  });
});

describe('a server that says goodbye', () => {
  it.each([
    ['* BYE Too many connections from your address\r\n', 'peer-throttled'],
    ['* BYE Shutting down for someone@example.com\r\n', 'peer-unavailable'],
  ])('in place of a greeting, by %j, means %s', async (greeting, code) => {
    expect(await readFailure(openScripted({ greeting }))).toMatchObject({ code });
  });

  it('half way through a fetch ends the session, after the mails that came', async () => {
    const session = await openFetching(() => `${literalRow(1, 'BODY[]', 'first')}* BYE gone\r\n`);
    const texts: string[] = [];
    const reading = (async () => {
      for await (const { mail } of session.readMails(listed(5, 5))) texts.push(mail.id);
    })();
    expect(await readFailure(reading)).toMatchObject({ code: 'peer-unavailable' });
    expect(texts).toEqual(['1']);
  });
});

describe('throttling', () => {
  const THROTTLED = 'Request is throttled. Suggested Backoff Time: 92415 milliseconds';

  it('is told at once, with the time that Microsoft 365 asks for', async () => {
    const session = await openFetching(({ tag }) => `${tag} BAD ${THROTTLED}\r\n`, {
      stepMs: SHORT,
    });
    expect(await readFailure(readTexts(session, listed(5)))).toMatchObject({
      code: 'peer-throttled',
      retryAfterMs: 92_415,
    });
  });

  it('is told of a login too', async () => {
    const answers = { LOGIN: ({ tag }: { tag: string }) => `${tag} BAD ${THROTTLED}\r\n` };
    expect(await readFailure(openScripted({ answers }))).toMatchObject({
      code: 'peer-throttled',
      retryAfterMs: 92_415,
    });
  });

  it.each(['THROTTLED', 'INUSE', 'UNAVAILABLE'])(
    'and other trouble of the server ([%s]) is no refusal of a mail',
    async (code) => {
      const session = await openFetching(({ tag }) => `${tag} NO [${code}] later\r\n`);
      expect(['peer-throttled', 'peer-unavailable']).toContain(
        (await readFailure(readTexts(session, listed(5, 5)))).code,
      );
    },
  );
});

describe('a refused mail', () => {
  /** Refuses mail 2, alone or with others; what came before it has come. */
  const refuseSecond: ScriptedAnswer = (command) => {
    const [set = ''] = command.args.split(' ');
    const uids = set === '1:4' ? [1, 2, 3, 4] : [Number(set)];
    const before = uids.slice(0, uids.includes(2) ? uids.indexOf(2) : undefined);
    const rows = before.map((uid) => literalRow(uid, 'BODY[]', `mail ${uid}`)).join('');
    return uids.includes(2)
      ? `${rows}${command.tag} NO [CORRUPTION] bad mail\r\n`
      : rows + ok(command);
  };

  it('does not stop those that come after it', async () => {
    const session = await openFetching(refuseSecond);
    expect(await readTexts(session, listed(5, 5, 5, 5))).toEqual([
      ['1', 'mail 1'],
      ['2', 'refused CORRUPTION'],
      ['3', 'mail 3'],
      ['4', 'mail 4'],
    ]);
  });

  it('has an empty header, so that nobody takes it for gone', async () => {
    const session = await openFetching(({ tag }) => `${tag} NO bad mail\r\n`);
    const headers = await gather(session.readHeaders(listed(5)));
    expect(headers.map(({ mail, header }) => [mail.id, header.length])).toEqual([['1', 0]]);
  });

  const refuseAll: ScriptedAnswer = ({ tag }) => `${tag} BAD cannot\r\n`;

  it.each([
    ['below', 2],
    ['at', 3],
  ])("is a mail's affair with a number in a row %s the limit", async (_title, count) => {
    const session = await openFetching(refuseAll, { refusalsInARow: 3 });
    const mails = listed(...Array.from({ length: count }, () => 5));
    expect((await readTexts(session, mails)).map(([, outcome]) => outcome)).toEqual(
      mails.map(() => 'refused BAD'),
    );
  });

  it("is the server's affair with a number in a row above the limit", async () => {
    const session = await openFetching(refuseAll, { refusalsInARow: 3 });
    expect(await readFailure(readTexts(session, listed(5, 5, 5, 5)))).toMatchObject({
      code: 'peer-protocol',
    });
  });
});

describe('an error', () => {
  it('carries nothing that the server wrote', async () => {
    const secret = 'subject of someone@example.com';
    const failures = await Promise.all([
      readFailure(openScripted({ greeting: `* BYE ${secret}\r\n` })),
      readFailure(
        openScripted({ answers: { LOGIN: ({ tag }) => `${tag} NO [${secret}] ${secret}\r\n` } }),
      ),
      readFailure(openScripted({ answers: { LOGIN: ({ tag }) => `${tag} BAD ${secret}\r\n` } })),
      readFailure(openScripted({ answers: { LOGIN: ({ tag }) => `${tag} WHAT ${secret}\r\n` } })),
    ]);
    for (const failure of failures) {
      expect(failure.cause).toBeUndefined();
      expect(JSON.stringify([failure.message, failure.fields])).not.toMatch(/someone|subject/i);
    }
  });
});

describe('Gmail', () => {
  it('deletes by moving to the folder for deleted mail', async () => {
    const { session, server } = await openScripted({
      capabilities: ['X-GM-EXT-1', 'UIDPLUS', 'MOVE', 'SPECIAL-USE'],
      answers: {
        LIST: (command) => `* LIST (\\HasNoChildren \\Trash) "/" "[Gmail]/Trash"\r\n${ok(command)}`,
      },
    });
    await session.openFolder('INBOX');
    await session.changeMails(listed(5, 5), { kind: 'delete' });
    expect(server.commands().filter((line) => /^UID|EXPUNGE/.test(line))).toEqual([
      'UID MOVE 1:2 "[Gmail]/Trash"',
    ]);
  });
});

describe('a search', () => {
  const answers = {
    'UID SEARCH': (command: { tag: string; name: string; args: string }) =>
      `* SEARCH 3 1\r\n${ok(command)}`,
    'UID FETCH': (command: { tag: string; name: string; args: string }) =>
      '* 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE "23-Nov-2026 23:59:59 +0000")\r\n' +
      `* 3 FETCH (UID 3 RFC822.SIZE 5 INTERNALDATE "24-Nov-2026 00:00:00 +0000")\r\n${ok(command)}`,
  };

  async function search(criteria: object, capabilities: readonly string[] = []) {
    const { session, server } = await openScripted({ answers, capabilities });
    await session.openFolder('INBOX');
    const mails = await gather(session.listMails({ kind: 'search', criteria, firstUid: 1 }));
    const sent = server.commands().filter((line) => line.startsWith('UID SEARCH'));
    return { ids: mails.map(({ id }) => id), sent };
  }

  it('has all criteria and the range of UIDs in one command', async () => {
    const { ids, sent } = await search({
      from: 'billing@example.com',
      subject: 'Your "invoice"',
      header: { 'List-Id': 'x' },
      larger: 100,
      smaller: 9000,
      seen: false,
      flagged: true,
      keywords: ['A', 'B'],
    });
    expect(ids).toEqual(['1', '3']);
    expect(sent).toEqual([
      'UID SEARCH FROM billing@example.com SUBJECT "Your \\"invoice\\"" LARGER 100 SMALLER 9000 ' +
        'UNSEEN FLAGGED KEYWORD A KEYWORD B HEADER LIST-ID x UID 1:3',
    ]);
  });

  it('by day asks for a day more and counts the days in UTC', async () => {
    const { ids, sent } = await search({ since: '2026-11-24' });
    expect(sent).toEqual(['UID SEARCH SINCE 23-Nov-2026 UID 1:3']);
    expect(ids).toEqual(['3']);
  });

  it("has Gmail's own language where the server is Gmail", async () => {
    const { sent } = await search({ gmailRaw: 'has:attachment' }, ['X-GM-EXT-1']);
    expect(sent).toEqual(['UID SEARCH X-GM-RAW has:attachment UID 1:3']);
    expect(await readFailure(search({ gmailRaw: 'has:attachment' }))).toMatchObject({
      code: 'mailbox-unsuitable',
    });
  });

  it.each([{ from: 'a\r\nX LOGOUT' }, { subject: 'a\0b' }, { header: { 'A\r\nB': 'x' } }])(
    'that would end the command is never sent (%j)',
    async (criteria) => {
      const { session, server } = await openScripted({ answers });
      await session.openFolder('INBOX');
      const before = server.commands().length;
      await readFailure(gather(session.listMails({ kind: 'search', criteria, firstUid: 1 })));
      expect(server.commands()).toHaveLength(before);
    },
  );

  it('that is refused fails: nothing found would move the cursor past mail', async () => {
    const { session } = await openScripted({
      answers: { 'UID SEARCH': ({ tag }) => `${tag} NO cannot\r\n` },
    });
    await session.openFolder('INBOX');
    const searching = gather(
      session.listMails({ kind: 'search', criteria: { from: 'a' }, firstUid: 1 }),
    );
    expect(await readFailure(searching)).toMatchObject({ code: 'peer-unavailable' });
  });
});
