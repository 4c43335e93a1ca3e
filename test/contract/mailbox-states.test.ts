import { beforeAll, beforeEach, expect, it } from 'vitest';
import { createDynamoDbMailboxStates } from '../../adapters/aws/dynamodb-mailbox-states.ts';
import { ClaimLostError } from '../../mail/errors.ts';
import type {
  MailboxClaimResult,
  MailboxState,
  MailboxStates,
} from '../../mail/polling/mailbox-state.ts';
import type { AwsUnderTest } from '../support/aws-under-test.ts';
import { describeContract } from '../support/describe-contract.ts';
import { createLedgerIn } from '../support/ledger-table.ts';
import { createMemoryMailboxStates } from '../support/memory-mailbox-states.ts';

const LEASE_SECONDS = 330;

/** A clock that a test moves. */
const clock = {
  nowMs: Date.parse('2026-11-24T09:00:00.000Z'),
  now: () => clock.nowMs,
  passSeconds(seconds: number) {
    clock.nowMs += seconds * 1000;
  },
};

const MAKERS = {
  memory: () => createMemoryMailboxStates(clock, LEASE_SECONDS),
  aws: async ({ dynamodb }: AwsUnderTest): Promise<MailboxStates> => {
    const { table } = await createLedgerIn(dynamodb, { clock });
    const options = { table, clock, leaseSeconds: LEASE_SECONDS, retentionDays: 90 };
    return createDynamoDbMailboxStates(dynamodb, options);
  },
};

/** A state with something in each of its members. */
const createState = (state: MailboxState): MailboxState => ({
  ...state,
  dueAtMs: clock.now() + 300_000,
  lastPolledAtMs: clock.now(),
  lastSuccessAtMs: clock.now() - 1,
  failures: 2,
  failureCode: 'peer-unavailable',
  pauseReason: 'failing',
  budget: { day: '2026-11-24', bytes: 1234, sessions: 5 },
  folders: new Map([
    ['INBOX', { generation: '17', lastUid: 4711 }],
    [
      '__proto__',
      {
        generation: '18',
        lastUid: 0,
        list: 'search-1',
        stat: { mails: 3, bytes: 99, day: 20_781 },
        backlog: {
          kind: 'resync',
          untilUid: 9,
          sinceMs: 1,
          passedOver: 2,
          known: 3,
          fetched: 4,
        },
      },
    ],
  ]),
  troubled: [
    {
      folder: 'INBOX',
      generation: '17',
      id: '3',
      bytes: 10,
      receivedAtMs: 5,
      attempts: 2,
      code: 'refused',
    },
  ],
  pending: [{ folder: 'INBOX', generation: '17', ids: ['1', '2'] }],
});

const take = (result: MailboxClaimResult) => {
  if (result.kind !== 'claimed') throw new Error(`expected a claim, came ${result.kind}`);
  return result;
};

describeContract('mailbox states', MAKERS, (open) => {
  let states: MailboxStates;
  let mailboxes = 0;
  let mailbox = '';
  beforeAll(async () => {
    states = await open();
  });
  beforeEach(() => {
    mailboxes += 1;
    mailbox = `mailbox-${mailboxes}`;
  });

  it('gives a mailbox that was never polled with an empty state', async () => {
    expect(await states.claimMailbox(mailbox, 'due')).toEqual({
      kind: 'claimed',
      claim: { mailbox, epoch: 1, leaseUntilMs: clock.now() + 330_000 },
      state: {
        begunAtMs: clock.now(),
        dueAtMs: 0,
        lastPolledAtMs: 0,
        lastSuccessAtMs: 0,
        failures: 0,
        failureCode: undefined,
        pauseReason: undefined,
        staleToldAtMs: 0,
        budget: { day: '', bytes: 0, sessions: 0 },
        folders: new Map(),
        troubled: [],
        pending: [],
      },
    });
  });

  it('gives a mailbox to one of many that ask at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, () => states.claimMailbox(mailbox, 'due')),
    );
    const kinds = results.map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual([...Array.from({ length: 7 }, () => 'busy'), 'claimed']);
  });

  it('is busy up to the end of the lease, and its next holder has the next epoch', async () => {
    const { claim } = take(await states.claimMailbox(mailbox, 'due'));
    clock.passSeconds(LEASE_SECONDS);
    expect(await states.claimMailbox(mailbox, 'now')).toEqual({
      kind: 'busy',
      leaseUntilMs: claim.leaseUntilMs,
    });
    clock.nowMs += 1;
    expect(take(await states.claimMailbox(mailbox, 'now')).claim.epoch).toBe(2);
  });

  it('keeps a whole state, and gives it to the next', async () => {
    const first = take(await states.claimMailbox(mailbox, 'due'));
    const state = createState(first.state);
    await states.releaseMailbox(first.claim, state);
    expect(take(await states.claimMailbox(mailbox, 'now')).state).toEqual(state);
  });

  it('forgets what a later state has no more', async () => {
    const first = take(await states.claimMailbox(mailbox, 'due'));
    await states.saveMailbox(first.claim, createState(first.state));
    await states.releaseMailbox(first.claim, first.state);
    expect(take(await states.claimMailbox(mailbox, 'now')).state).toEqual(first.state);
  });

  it('keeps the lease when a state is saved, and ends it when the mailbox is released', async () => {
    const { claim, state } = take(await states.claimMailbox(mailbox, 'due'));
    await states.saveMailbox(claim, state);
    expect((await states.claimMailbox(mailbox, 'now')).kind).toBe('busy');
    await states.releaseMailbox(claim, state);
    expect((await states.claimMailbox(mailbox, 'now')).kind).toBe('claimed');
  });

  it('refuses what a holder writes whose lease is over and whose mailbox another has', async () => {
    const late = take(await states.claimMailbox(mailbox, 'due'));
    clock.passSeconds(LEASE_SECONDS + 1);
    const next = take(await states.claimMailbox(mailbox, 'due'));
    await expect(states.saveMailbox(late.claim, late.state)).rejects.toThrow(ClaimLostError);
    await expect(states.releaseMailbox(late.claim, late.state)).rejects.toThrow(ClaimLostError);
    await states.saveMailbox(next.claim, next.state);
  });

  it('is not due before its time, at its time it is, and whoever asks for now has it', async () => {
    const { claim, state } = take(await states.claimMailbox(mailbox, 'due'));
    await states.releaseMailbox(claim, { ...state, dueAtMs: clock.now() + 10_000 });
    clock.passSeconds(9);
    expect(await states.claimMailbox(mailbox, 'due')).toEqual({
      kind: 'not-due',
      dueAtMs: clock.now() + 1_000,
    });
    const now = take(await states.claimMailbox(mailbox, 'now'));
    await states.releaseMailbox(now.claim, now.state);
    clock.passSeconds(1);
    expect((await states.claimMailbox(mailbox, 'due')).kind).toBe('claimed');
  });

  it('finds the mails that are known, however many are asked for, each mailbox its own', async () => {
    const known = Array.from({ length: 130 }, (_, index) => ({
      fingerprint: `h-${index}`,
      arrivalId: `imap-${index}`,
    }));
    expect(await states.hasKnown(mailbox)).toBe(false);
    await states.recordKnown(mailbox, known);
    await states.recordKnown(mailbox, known.slice(0, 2));
    expect(await states.hasKnown(mailbox)).toBe(true);
    const asked = Array.from({ length: 260 }, (_, index) => `h-${index}`);
    const found = await states.findKnown(mailbox, [...asked, 'h-0']);
    expect(found.size).toBe(130);
    expect(found.get('h-129')).toBe('imap-129');
    expect(found.has('h-130')).toBe(false);
    expect(await states.findKnown('another', asked)).toEqual(new Map());
    expect(await states.findKnown(mailbox, [])).toEqual(new Map());
  });

  it('records one mail twice in one call', async () => {
    const twice = { fingerprint: 'h-twice', arrivalId: 'imap-1' };
    await states.recordKnown(mailbox, [twice, twice]);
    expect(await states.findKnown(mailbox, ['h-twice'])).toEqual(new Map([['h-twice', 'imap-1']]));
  });

  it('reads the rows of mailboxes that were polled, and none of others', async () => {
    const { claim, state } = take(await states.claimMailbox(mailbox, 'due'));
    expect(await states.readStates([mailbox, 'never'])).toEqual([
      { ...state, mailbox, epoch: 1, leaseUntilMs: claim.leaseUntilMs },
    ]);
    const many = Array.from({ length: 150 }, (_, index) => `never-${index}`);
    expect(await states.readStates([...many, mailbox])).toHaveLength(1);
  });

  it('notes a mailbox, which is as if it was never polled but for its beginning', async () => {
    const notedAtMs = clock.now();
    await states.noteMailbox(mailbox);
    clock.passSeconds(60);
    await states.noteMailbox(mailbox);
    const [row] = await states.readStates([mailbox]);
    expect(row).toMatchObject({ begunAtMs: notedAtMs, epoch: 0, leaseUntilMs: 0 });
    const { claim, state } = take(await states.claimMailbox(mailbox, 'due'));
    expect(claim.epoch).toBe(1);
    expect(state.begunAtMs).toBe(notedAtMs);
  });

  it('leaves a mailbox alone that is polled while it is noted', async () => {
    const { claim, state } = take(await states.claimMailbox(mailbox, 'due'));
    await states.noteMailbox(mailbox);
    await states.releaseMailbox(claim, state);
    const [row] = await states.readStates([mailbox]);
    expect(row).toMatchObject({ epoch: 1, begunAtMs: state.begunAtMs });
  });

  it('notes that somebody was told of silence, also beside a poll', async () => {
    const { claim, state } = take(await states.claimMailbox(mailbox, 'due'));
    await states.markStale(mailbox);
    await states.releaseMailbox(claim, state);
    const [row] = await states.readStates([mailbox]);
    expect(row?.staleToldAtMs).toBe(clock.now());
  });
});
