import { describe, expect, it } from 'vitest';
import { openTestSession, createShortStep, listAll, readAll } from './open-session.ts';
import { startScriptedMailbox } from './scripted-mailbox.ts';

const MAILS = ['Subject: one\r\n\r\n..\r\nText\r\n', 'To: two\r\n\r\n..a\r\n', 'X: three\r\n\r\n'];
const TEXTS = ['Subject: one\r\n\r\n.\r\nText\r\n', 'To: two\r\n\r\n.a\r\n', 'X: three\r\n\r\n'];

/** Lists and reads while the server does not answer the first TOP; gives what it heard of TOP. */
async function readFromStalled(capabilities: readonly string[], limits = {}) {
  const { server, heard } = await startScriptedMailbox({
    mails: MAILS,
    capabilities: ['TOP', 'UIDL', ...capabilities],
    answers: { TOP: '' },
  });
  const session = await openTestSession({
    server,
    limits: { ...createShortStep('command'), ...limits },
  });
  await expect(readAll(session)).rejects.toThrow('did not answer in time');
  return heard.filter((line) => line.startsWith('TOP'));
}

describe('answers of a POP3 server', () => {
  it.each([1, 2, 3, 7])('are understood in packets of %i bytes', async (packetBytes) => {
    const { server } = await startScriptedMailbox({ mails: MAILS }, { packetBytes });
    const session = await openTestSession({ server });
    expect(await readAll(session)).toEqual(TEXTS);
    await session.close();
  });
});

describe('commands to a POP3 server', () => {
  it('are few', async () => {
    const { server, heard } = await startScriptedMailbox({ mails: MAILS });
    const session = await openTestSession({ server });
    await session.openFolder('INBOX');
    await readAll(session);
    await session.close();
    const reads = ['TOP 1 99999999', 'TOP 2 99999999', 'TOP 3 99999999'];
    const logIn = ['CAPA', 'AUTH PLAIN AGFubmEAc2VjcmV0'];
    const said = [...logIn, 'STAT', 'LIST', 'UIDL', ...reads, 'QUIT'];
    await expect.poll(() => heard).toEqual(said);
  });

  it('go ahead of the answers where the server allows it', async () => {
    expect(await readFromStalled(['PIPELINING'])).toHaveLength(3);
  });

  it('wait for the answers where it does not', async () => {
    expect(await readFromStalled([])).toHaveLength(1);
  });

  it('go no further ahead than the window has commands', async () => {
    expect(await readFromStalled(['PIPELINING'], { windowCommands: 2 })).toHaveLength(2);
  });

  it.each([
    ['below', 41, 1],
    ['at', 42, 2],
    ['above', 43, 2],
  ])('go no further ahead than the window has bytes: %s', async (_title, windowBytes, commands) => {
    // The first two mails have 26 and 16 bytes.
    expect(await readFromStalled(['PIPELINING'], { windowBytes })).toHaveLength(commands);
  });

  it('are not sent for what is not wanted any more, and answers to those that were are skipped', async () => {
    const { server, heard } = await startScriptedMailbox({ mails: MAILS });
    const session = await openTestSession({ server, limits: { windowCommands: 2 } });
    const mails = await listAll(session);
    for await (const fetched of session.readMails(mails)) {
      expect(fetched.kind).toBe('content');
      break;
    }
    expect(await session.openFolder('INBOX')).toMatchObject({ mails: 3 });
    expect(heard.slice(-3)).toEqual(['TOP 1 99999999', 'TOP 2 99999999', 'STAT']);
  });
});
