import { describe, expect, it } from 'vitest';
import { LimitExceededError } from '../../../mail/errors.ts';
import { createHeaderFingerprint } from '../../../mail/polling/fingerprint.ts';
import { createHeaderTap, cutHeader } from '../../../mail/polling/header-tap.ts';
import type { MailboxState } from '../../../mail/polling/mailbox-state.ts';
import { isStaleUntold } from '../../../mail/polling/is-stale.ts';
import { planBatches, planBatchMails } from '../../../mail/polling/plan-batches.ts';
import { MAX_UID, planCursor } from '../../../mail/polling/plan-cursor.ts';
import { planNextPoll } from '../../../mail/polling/plan-due.ts';
import { planFolders } from '../../../mail/polling/plan-folders.ts';
import { planFirstRange, planNextRange } from '../../../mail/polling/plan-range.ts';

const NOW_MS = Date.parse('2026-11-24T09:00:00Z');
const MINUTE_MS = 60_000;

const STATE: MailboxState = {
  begunAtMs: NOW_MS - 1_000,
  dueAtMs: NOW_MS - 1_000,
  lastPolledAtMs: 0,
  lastSuccessAtMs: 0,
  failures: 0,
  failureCode: undefined,
  pauseReason: undefined,
  staleToldAtMs: 0,
  budget: { day: '2026-11-24', bytes: 0, sessions: 0 },
  folders: new Map(),
  troubled: [],
  pending: [],
};
const BEGUN_MS = NOW_MS - 2_000;
const FACTS = {
  intervalMinutes: 5,
  minutesBetweenLogins: 0,
  begunAtMs: BEGUN_MS,
  nowMs: NOW_MS,
  random: 0.5,
};
const POLLED = { kind: 'polled', isMore: false, code: undefined } as const;
const failed = (code: string, retryAfterMs?: number) =>
  ({ kind: 'failed', code, retryAfterMs }) as const;

describe('the next poll', () => {
  it('is due half an interval after this one began, however long it took', () => {
    expect(planNextPoll(STATE, POLLED, FACTS).dueAtMs).toBe(BEGUN_MS + 2.5 * MINUTE_MS);
    const late = { ...FACTS, nowMs: NOW_MS + 4 * MINUTE_MS };
    expect(planNextPoll(STATE, POLLED, late).dueAtMs).toBe(BEGUN_MS + 2.5 * MINUTE_MS);
  });

  it('lets the wake-up have it that comes early, and not the one that comes twice', () => {
    const dueAfterSeconds = (planNextPoll(STATE, POLLED, FACTS).dueAtMs - BEGUN_MS) / 1000;
    expect(dueAfterSeconds).toBeLessThan(300 - 60);
    expect(dueAfterSeconds).toBeGreaterThan(60);
  });

  it('is not before the provider allows another login', () => {
    const facts = { ...FACTS, minutesBetweenLogins: 10 };
    expect(planNextPoll(STATE, POLLED, facts).dueAtMs).toBe(BEGUN_MS + 10 * MINUTE_MS);
    const { dueAtMs } = planNextPoll(STATE, failed('peer-unavailable'), facts);
    expect(dueAtMs).toBe(NOW_MS + 10 * MINUTE_MS);
  });

  it('spreads what failed together by an eighth to both sides', () => {
    const waits = [0, 0.5, 0.999].map(
      (random) =>
        planNextPoll(STATE, failed('peer-unavailable'), { ...FACTS, random }).dueAtMs - NOW_MS,
    );
    expect(waits.map((ms) => Math.round(ms / 1000))).toEqual([263, 300, 337]);
  });

  it('waits an hour at the most, or an interval that is longer', () => {
    const often = { ...STATE, failures: 100, failureCode: 'peer-unavailable' };
    const plan = (intervalMinutes: number) =>
      planNextPoll(often, failed('peer-unavailable'), { ...FACTS, intervalMinutes }).dueAtMs -
      NOW_MS;
    expect([plan(1), plan(60), plan(90)]).toEqual([60 * MINUTE_MS, 60 * MINUTE_MS, 90 * MINUTE_MS]);
  });

  it('does as a throttling server says, for a day at the most', () => {
    const plan = (retryAfterMs: number) =>
      planNextPoll(STATE, failed('peer-throttled', retryAfterMs), FACTS).dueAtMs - NOW_MS;
    expect(plan(1)).toBe(5 * MINUTE_MS);
    expect(plan(6 * MINUTE_MS)).toBe(6 * MINUTE_MS);
    expect(plan(1e15)).toBe(24 * 60 * MINUTE_MS);
  });

  it('counts refusals of a credential from the first, whatever failed before', () => {
    const state = { ...STATE, failures: 7, failureCode: 'peer-unavailable' };
    expect(planNextPoll(state, failed('peer-authentication'), FACTS)).toMatchObject({
      dueAtMs: NOW_MS + 15 * MINUTE_MS,
      failures: 1,
      pauseReason: 'credential',
    });
  });
});

describe('staleness', () => {
  const isStale = (changes: Partial<MailboxState>) =>
    isStaleUntold({ ...STATE, begunAtMs: 0, ...changes }, { freshnessMinutes: 60 }, NOW_MS);

  it('begins after the objective, not at it', () => {
    expect(isStale({ lastSuccessAtMs: NOW_MS - 60 * MINUTE_MS })).toBe(false);
    expect(isStale({ lastSuccessAtMs: NOW_MS - 60 * MINUTE_MS - 1 })).toBe(true);
  });

  it('counts from the beginning of a mailbox that never worked', () => {
    expect(isStale({ begunAtMs: NOW_MS - 60 * MINUTE_MS })).toBe(false);
    expect(isStale({ begunAtMs: NOW_MS - 61 * MINUTE_MS })).toBe(true);
  });

  it('is told once for each success that it follows', () => {
    const lastSuccessAtMs = NOW_MS - 90 * MINUTE_MS;
    expect(isStale({ lastSuccessAtMs, staleToldAtMs: NOW_MS - 20 * MINUTE_MS })).toBe(false);
    expect(isStale({ lastSuccessAtMs, staleToldAtMs: lastSuccessAtMs - 1 })).toBe(true);
  });
});

describe('ranges', () => {
  it('have explicit ends, and there is none behind the last mail', () => {
    expect(planFirstRange(4, 5)).toEqual({ firstUid: 5, lastUid: 5 });
    expect(planFirstRange(5, 5)).toBeUndefined();
    expect(planFirstRange(0, 1_000)).toEqual({ firstUid: 1, lastUid: 1_000 });
    expect(planFirstRange(0, 1_001)).toEqual({ firstUid: 1, lastUid: 1_000 });
  });

  it('grow where few mails are, so that UIDs far apart take few questions', () => {
    let range = planFirstRange(0, MAX_UID - 1);
    let questions = 0;
    for (; range !== undefined; questions += 1) range = planNextRange(range, MAX_UID - 1, 0);
    expect(questions).toBe(12);
    expect(planNextRange({ firstUid: 1, lastUid: 1_000 }, 9_000, 250)).toEqual({
      firstUid: 1_001,
      lastUid: 2_000,
    });
    expect(planNextRange({ firstUid: 1, lastUid: 1_000 }, 9_000, 249)).toEqual({
      firstUid: 1_001,
      lastUid: 5_000,
    });
  });

  it('are all of the rest for a server that does not say where it ends', () => {
    expect(planFirstRange(7, MAX_UID)).toEqual({ firstUid: 8, lastUid: MAX_UID });
  });
});

describe('a cursor', () => {
  const opened = { path: 'INBOX', generation: '2', mails: 5, bytes: undefined, nextUid: 10 };
  const facts = {
    begin: 'now',
    begunAtMs: 1_000,
    isFirst: true,
    rememberedSinceMs: 500,
  } as const;
  const counted = { passedOver: 0, known: 0, fetched: 0 };

  it('stands behind everything where only what comes is wanted', () => {
    expect(planCursor(undefined, opened, facts)).toEqual({ generation: '2', lastUid: 9 });
  });

  it('begins with a backlog where the server does not say where the folder ends', () => {
    expect(planCursor(undefined, { ...opened, nextUid: undefined }, facts)).toEqual({
      generation: '2',
      lastUid: 0,
      backlog: { kind: 'begin', untilUid: MAX_UID, sinceMs: 1_000, ...counted },
    });
  });

  it('stays as it is while the generation does', () => {
    const known = { generation: '2', lastUid: 3 };
    expect(planCursor(known, opened, facts)).toBe(known);
  });

  it('compares what is there with what is known when the generation changed', () => {
    const known = { generation: '1', lastUid: 3 };
    const compare = (changes: Partial<Parameters<typeof planCursor>[2]>) =>
      planCursor(known, opened, { ...facts, ...changes }).backlog;
    expect(compare({})).toEqual({ kind: 'resync', untilUid: 9, sinceMs: 1_000, ...counted });
    expect(compare({ begin: 'everything' })?.sinceMs).toBe(500);
    expect(compare({ begin: { since: '1970-01-01' }, rememberedSinceMs: 7 })?.sinceMs).toBe(7);
  });

  it('of a folder that is met later begins where the mailbox began', () => {
    const later = { ...facts, isFirst: false };
    expect(planCursor(undefined, opened, later).backlog).toMatchObject({
      kind: 'join',
      sinceMs: 1_000,
    });
    expect(planCursor(undefined, opened, { ...later, begin: 'everything' }).backlog).toMatchObject({
      kind: 'join',
      sinceMs: 0,
    });
  });
});

describe('folders', () => {
  const there = ['INBOX', 'Lists/a', 'Lists/a/b', 'Junk E-Mail', 'a.b+c'].map((path) => ({
    path,
    specialUse: path.startsWith('Junk') ? '\\Junk' : undefined,
    delimiter: '/',
  }));
  const plan = (...names: readonly string[]) => planFolders(names, there, undefined);

  it('are named by themselves, by special use, by * and by % within a level', () => {
    expect(plan('inbox', '\\junk')).toEqual(['INBOX', 'Junk E-Mail']);
    expect(plan('Lists/%')).toEqual(['Lists/a']);
    expect(plan('Lists/*')).toEqual(['Lists/a', 'Lists/a/b']);
    expect(plan('%')).toEqual(['INBOX', 'Junk E-Mail', 'a.b+c']);
    expect(plan('a.b+*')).toEqual(['a.b+c']);
    expect(plan('axb+*')).toEqual([]);
  });

  it('are each there once, and a name that is not there stays', () => {
    expect(plan('INBOX', '*', 'Lost')).toEqual([
      'INBOX',
      'Lists/a',
      'Lists/a/b',
      'Junk E-Mail',
      'a.b+c',
      'Lost',
    ]);
  });

  it('are 100 at the most', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        path: `f${index}`,
        specialUse: undefined,
        delimiter: '/',
      }));
    expect(planFolders(['*'], many(100), undefined)).toHaveLength(100);
    expect(() => planFolders(['*'], many(101), undefined)).toThrow(LimitExceededError);
  });
});

describe('batches', () => {
  const mails = (...sizes: readonly number[]) =>
    sizes.map((bytes, index) => ({
      id: String(index),
      bytes,
      serverId: undefined,
      receivedAtMs: undefined,
    }));
  const room = { messages: 1_000, bytes: 1e12, batchMails: 50 };
  const sizes = (planned: ReturnType<typeof planBatches>) =>
    planned.batches.map((batch) => batch.length);

  it('have 50 mails or 32 MiB at the most', () => {
    expect(sizes(planBatches(mails(...Array.from({ length: 51 }, () => 1)), room, true))).toEqual([
      50, 1,
    ]);
    const half = 16 * 1024 * 1024;
    expect(sizes(planBatches(mails(half, half, 1), room, true))).toEqual([2, 1]);
    expect(sizes(planBatches(mails(half, half + 1), room, true))).toEqual([1, 1]);
  });

  it.each(['peer-protocol', 'peer-unavailable'])(
    'have one mail each while one is in trouble that ended its session by %s',
    (code) => {
      const trouble = { folder: 'INBOX', generation: '7', id: '1', bytes: 1, attempts: 1, code };
      const other = { ...trouble, code: 'NO' };
      const batchMails = planBatchMails([other, trouble]);
      expect(sizes(planBatches(mails(1, 1), { ...room, batchMails }, true))).toEqual([1, 1]);
      expect(planBatchMails([other])).toBe(50);
      expect(planBatchMails([])).toBe(50);
    },
  );

  it('end where there is no more room, in mails and in bytes', () => {
    expect(planBatches(mails(1, 1, 1), { ...room, messages: 2, bytes: 9 }, false)).toMatchObject({
      left: 1,
    });
    expect(planBatches(mails(5, 5), { ...room, messages: 9, bytes: 10 }, false)).toMatchObject({
      left: 0,
    });
    expect(planBatches(mails(5, 5), { ...room, messages: 9, bytes: 9 }, false)).toMatchObject({
      left: 1,
    });
  });

  it('take a first mail that is larger than the room, and no other', () => {
    expect(planBatches(mails(11), { ...room, messages: 9, bytes: 10 }, true)).toMatchObject({
      left: 0,
    });
    expect(planBatches(mails(11), { ...room, messages: 9, bytes: 10 }, false)).toMatchObject({
      left: 1,
    });
    expect(planBatches(mails(1, 11), { ...room, messages: 9, bytes: 10 }, true)).toMatchObject({
      left: 1,
    });
  });
});

describe('a fingerprint', () => {
  const header = 'Message-ID: <a@b>\r\nDate: now\r\nFrom: a@b\r\nSubject: A  long\r\n\r\n';
  const read = (text: string, bytes = 10) => createHeaderFingerprint({ bytes }, Buffer.from(text));

  it('is the same however a server folds lines, and whatever else it adds', () => {
    expect(read(header.replace('A  long', 'A\r\n\tlong'))).toBe(read(header));
    expect(read(`Received: x\r\n${header}`)).toBe(read(header));
  });

  it('is another for each of its four fields, and for another size', () => {
    const others = ['<a@b>', 'now', 'From: a@b', 'long'].map((part) =>
      read(header.replace(part, `${part}x`)),
    );
    expect(new Set([...others, read(header, 11), read(header)]).size).toBe(6);
  });
});

describe('a header that passes by', () => {
  const mail = 'Subject: a\r\nFrom: b\r\n\r\nbody\r\n\r\nmore';

  it('is the same wherever the bytes are cut', async () => {
    for (let at = 0; at <= mail.length; at += 1) {
      const tap = createHeaderTap(1_000);
      tap.stream.write(mail.slice(0, at));
      tap.stream.end(mail.slice(at));
      let passed = '';
      for await (const piece of tap.stream) passed += String(piece);
      expect(passed).toBe(mail);
      expect(tap.readHeader().toString()).toBe('Subject: a\r\nFrom: b\r\n\r\n');
      expect(tap.readBytes()).toBe(mail.length);
    }
  });

  it('ends at the first empty line of either kind', () => {
    expect(cutHeader(Buffer.from('a: b\n\nc\r\n\r\n')).toString()).toBe('a: b\n\n');
    expect(cutHeader(Buffer.from('\r\nbody\r\n\r\n')).toString()).toBe('');
    expect(cutHeader(Buffer.from('a: b')).toString()).toBe('a: b');
  });

  it('is of a mail within its limit: at it, and not above', async () => {
    const pass = async (maxBytes: number) => {
      const tap = createHeaderTap(maxBytes);
      tap.stream.end('12345');
      return tap.stream.toArray();
    };
    await expect(pass(5)).resolves.toHaveLength(1);
    await expect(pass(4)).rejects.toThrow(LimitExceededError);
  });
});
