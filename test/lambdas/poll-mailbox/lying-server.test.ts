import { describe, expect, it } from 'vitest';
import { IMAP_LIMITS } from '../../../adapters/imap/limits.ts';
import { createImapOpener } from '../../../adapters/imap/open-imap-session.ts';
import {
  literalRow,
  ok,
  type Script,
  type ScriptedCommand,
  startScriptedImap,
} from '../../adapters/imap/scripted-imap.ts';
import { createPolledMailText, createPollWorld } from '../../support/poll-world.ts';

const MAX_LITERAL_BYTES = 2000;
const NAMES = Array.from({ length: 40 }, (_, index) => `mail-${index + 1}`);

/** The UIDs of a command's set: `3,7:9`. */
const readUids = ({ args }: ScriptedCommand): readonly number[] =>
  (args.split(' ')[0] ?? '').split(',').flatMap((run) => {
    const [first = 0, last = first] = run.split(':').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });

/** Hands mails out in an order of its own, and of one announces more than anybody takes. */
function createScript(badUid: number, order: (uids: readonly number[]) => readonly number[]) {
  const writeMail = (uid: number): string =>
    uid === badUid
      ? `* ${uid} FETCH (UID ${uid} BODY[] {${MAX_LITERAL_BYTES + 1}}\r\n`
      : literalRow(uid, 'BODY[]', createPolledMailText(NAMES[uid - 1] ?? ''));
  const writeHeader = (uid: number): string =>
    literalRow(uid, 'BODY[HEADER]', `Subject: ${NAMES[uid - 1] ?? ''}\r\n\r\n`);
  const writeSize = (uid: number): string =>
    `* ${uid} FETCH (UID ${uid} RFC822.SIZE 500 INTERNALDATE "24-Nov-2026 09:00:00 +0000")\r\n`;
  const write = (uid: number, { args }: ScriptedCommand): string => {
    if (args.includes('BODY.PEEK[HEADER')) return writeHeader(uid);
    return args.includes('BODY.PEEK[]') ? writeMail(uid) : writeSize(uid);
  };
  const script: Script = {
    answers: {
      EXAMINE: (command) =>
        [
          `* ${NAMES.length} EXISTS`,
          '* OK [UIDVALIDITY 7] ok',
          `* OK [UIDNEXT ${NAMES.length + 1}] ok`,
          ok(command, '[READ-ONLY] open'),
        ].join('\r\n'),
      'UID FETCH': (command) =>
        order(readUids(command))
          .map((uid) => write(uid, command))
          .join('') + ok(command),
    },
  };
  return script;
}

async function createLyingWorld(...script: Parameters<typeof createScript>) {
  const server = await startScriptedImap(createScript(...script));
  const open = createImapOpener({ ...IMAP_LIMITS, literalBytes: MAX_LITERAL_BYTES });
  return createPollWorld({
    mailbox: { begin: 'everything' },
    wrapPorts: (ports) => ({
      ...ports,
      openSession: (options) =>
        open({
          ...options,
          server: { ...options.server, host: '127.0.0.1', port: server.port, security: 'none' },
        }),
    }),
  });
}

type Order = (uids: readonly number[]) => readonly number[];

const forwards: Order = (uids) => uids;
const backwards: Order = (uids) => uids.toReversed();

describe('a mail that its server announces larger than anybody takes', () => {
  it.each([
    ['first', 1, forwards],
    ['in the middle', 17, forwards],
    ['last', 40, forwards],
    ['first, of a server that begins with the last,', 1, backwards],
    ['in the middle, of a server that begins with the last,', 17, backwards],
    ['last, of a server that begins with the last,', 40, backwards],
  ])('and stands %s is quarantined by the sixth poll, and all others come in', async (...test) => {
    const [, badUid, order] = test;
    const world = await createLyingWorld(badUid, order);
    for (let polls = 0; polls < 6; polls += 1) await world.poll();
    await world.handleArrivals();
    const others = NAMES.filter((_, index) => index !== badUid - 1);
    const received = world.readReceived().map((messageId) => messageId?.split('@')[0]);
    expect(received.toSorted()).toEqual(others.toSorted());
    expect(world.room.quarantine.held).toMatchObject([{ code: 'peer-protocol', attempts: 3 }]);
    expect(world.readRow()).toMatchObject({ troubled: [], failures: 0, failureCode: undefined });
  });
});
