import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDynamoDbMailboxStates } from '../../adapters/aws/dynamodb-mailbox-states.ts';
import { createLocalDynamodb } from '../../local/emulators/create-clients.ts';
import { startSchedule } from '../../local/mailboxes/start-schedule.ts';
import { formatEvent } from '../../local/output/format-event.ts';
import type { PolledEvent } from '../../local/output/local-event.ts';
import type { LocalRunOptions } from '../../local/run/local-run-options.ts';
import type { DispatchRequest } from '../../mail/contracts/dispatch-request.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import { createMail, useDovecot } from '../adapters/imap/fixture.ts';
import {
  createVendor,
  findUnwanted,
  type MailboxFolderOptions,
  writeSecret,
} from '../cli/mailbox-folder.ts';
import { dovecot } from '../support/dovecot/dovecot.ts';
import { describeWith } from '../support/requirement.ts';
import { createMailbox } from '../support/sample-mailbox.ts';
import { startWireTap } from '../support/wire-tap.ts';
import { CONFIGURATION, createFolder, startTestRun, writeConfiguration } from './fixture.ts';

/** A local run in a folder with the mailbox `vendor`. */
function startRun(
  folder: string,
  vendor: MailboxFolderOptions,
  options: Partial<LocalRunOptions> = {},
) {
  return startTestRun({
    configurationFile: writeConfiguration(folder, {
      ...CONFIGURATION,
      mailboxes: [createVendor(vendor)],
    }),
    stateFolder: join(folder, '.postroom'),
    ...options,
  });
}

describeWith([dovecot], 'mailboxes in the local run', () => {
  const getServer = useDovecot();

  async function prepare() {
    const server = getServer();
    const mailbox = server.createMailbox();
    mailbox.deliver([createMail('one'), createMail('two')]);
    const tap = await startWireTap(server.ports.imap);
    onTestFinished(() => tap.stop());
    const folder = createFolder();
    writeSecret(folder, mailbox.credential);
    const vendor = { port: tap.port, begin: 'everything', afterwards: 'mark-seen' } as const;
    return { mailbox, tap, folder, vendor };
  }

  it('are polled at the start, and stay as they are', async () => {
    const { mailbox, tap, folder, vendor } = await prepare();
    const { waitFor } = await startRun(folder, vendor);
    const [ready] = await waitFor('ready');
    expect(ready).toMatchObject({ mailboxes: ['vendor'], isActing: false });
    const [polled] = await waitFor('polled');
    expect(polled).toMatchObject({ mailbox: 'vendor', outcome: 'polled', mails: 2, changed: 0 });
    const mails = await waitFor('mail', 2);
    expect(mails.map(({ to, queue }) => [to, queue])).toEqual([
      [['vendor@elsewhere.example'], 'inbox'],
      [['vendor@elsewhere.example'], 'inbox'],
    ]);
    expect(findUnwanted(tap.lines())).toEqual([]);
    expect((await mailbox.listMails()).map(({ flags }) => flags)).toEqual([[], []]);
  });

  it('are changed when the run is to act', async () => {
    const { mailbox, tap, folder, vendor } = await prepare();
    const { waitFor } = await startRun(folder, vendor, { polling: 'acting' });
    const [polled] = await waitFor('polled');
    expect(polled).toMatchObject({ mails: 2, changed: 2 });
    expect(findUnwanted(tap.lines())).not.toEqual([]);
    const flags = (await mailbox.listMails()).map((mail) => mail.flags);
    expect(flags).toEqual([['\\Seen'], ['\\Seen']]);
  });

  it('are told of once when they have no password, and polled when it is written', async () => {
    const { mailbox, vendor } = await prepare();
    const folder = createFolder();
    const { waitFor, events } = await startRun(folder, vendor);
    const [trouble] = await waitFor('trouble');
    const file = join(folder, '.postroom/secrets/mailboxes.json');
    expect(trouble?.message).toBe(
      `vendor is not polled: the file ${file} is not there; to poll it, write ` +
        `{"vendor":{"user":"vendor@elsewhere.example","password":"…"}} to ${file} and run: chmod 600 ${file}`,
    );
    writeSecret(folder, mailbox.credential);
    const [polled] = await waitFor('polled');
    expect(polled).toMatchObject({ outcome: 'polled', mails: 2, code: null });
    expect(events.filter(({ event }) => event === 'trouble')).toHaveLength(1);
  });

  it('are polled as soon as a saved configuration names them', async () => {
    const { folder, vendor } = await prepare();
    const file = writeConfiguration(folder, CONFIGURATION);
    const options = { configurationFile: file, stateFolder: join(folder, '.postroom') };
    const { waitFor } = await startTestRun(options);
    await waitFor('ready');
    writeConfiguration(folder, { ...CONFIGURATION, mailboxes: [createVendor(vendor)] });
    const [polled] = await waitFor('polled');
    expect(polled).toMatchObject({ mailbox: 'vendor', mails: 2 });
  });

  it('tell what failed, in one sentence', async () => {
    const { folder, vendor } = await prepare();
    const { waitFor } = await startRun(folder, { ...vendor, port: 1 });
    const [polled] = await waitFor('polled');
    expect(polled).toMatchObject({
      outcome: 'failed',
      code: 'peer-unavailable',
      message: 'nothing listens at 127.0.0.1:1; check host and port',
    });
  });
});

describe('a run that was killed while it polled', () => {
  it('does not keep the next one from polling', async () => {
    const folder = createFolder();
    const first = await startRun(folder, { port: 1 }, { polling: 'never' });
    const openStates = (endpoint: string) => {
      const dynamodb = createLocalDynamodb(endpoint);
      onTestFinished(() => {
        dynamodb.destroy();
      });
      return createDynamoDbMailboxStates(dynamodb, {
        table: 'postroom-test',
        clock: systemClock,
        leaseSeconds: 330,
        retentionDays: 30,
      });
    };
    const before = openStates(first.run.endpoints.dynamodbEndpoint);
    expect(await before.claimMailbox('vendor', 'now')).toMatchObject({ kind: 'claimed' });
    expect(await before.claimMailbox('vendor', 'now')).toMatchObject({ kind: 'busy' });
    await first.run.stop();
    const second = await startRun(folder, { port: 1 }, { polling: 'never' });
    const after = openStates(second.run.endpoints.dynamodbEndpoint);
    expect(await after.claimMailbox('vendor', 'now')).toMatchObject({ kind: 'claimed' });
  });
});

describe('the schedules of the local run', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('wake up each mailbox once, then each interval by dispatch-polls', async () => {
    vi.useFakeTimers({ now: Date.parse('2026-11-24T09:00:00Z') });
    const woken: string[] = [];
    const dispatched: DispatchRequest[] = [];
    const schedule = startSchedule({
      readConfiguration: () => ({
        mailboxes: [1, 1, 3].map((intervalMinutes, index) =>
          createMailbox({ name: `box${index}`, intervalMinutes }),
        ),
      }),
      gate: { isClosed: () => Promise.resolve(false), takeOpened: () => Promise.resolve([]) },
      wakeUps: {
        sendWakeUps(some) {
          woken.push(...some.map(({ request }) => request.mailbox));
          return Promise.resolve();
        },
      },
      dispatch(request) {
        dispatched.push(request);
        return Promise.resolve();
      },
      onTrouble: (message) => {
        throw new Error(message);
      },
    });
    await vi.advanceTimersByTimeAsync(59_000);
    expect(dispatched).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(dispatched.map(({ intervalMinutes }) => intervalMinutes)).toEqual([1]);
    await vi.advanceTimersByTimeAsync(121_000);
    expect(dispatched.map(({ intervalMinutes }) => intervalMinutes).toSorted()).toEqual([
      1, 1, 1, 3,
    ]);
    expect(woken).toEqual(['box0', 'box1', 'box2']);
    await schedule.stop();
  });
});

describe('the lines of a poll', () => {
  const polled: PolledEvent = {
    event: 'polled',
    mailbox: 'vendor',
    outcome: 'polled',
    mails: 0,
    bytes: 0,
    passedOver: 0,
    changed: 0,
    code: null,
    message: null,
  };
  const format = (changes: Partial<PolledEvent>) =>
    formatEvent({ ...polled, ...changes }, { hasColours: false });

  it('are none when nothing is new', () => {
    expect(format({})).toEqual([]);
  });

  it('say what came in and what was changed', () => {
    expect(format({ mails: 1 })).toEqual(['⇣ vendor polled: 1 mail came in']);
    expect(format({ mails: 2, changed: 2 })).toEqual([
      '⇣ vendor polled: 2 mails came in, 2 mails changed there',
    ]);
  });

  it('say what failed, in words that cannot steer the terminal', () => {
    expect(format({ message: 'no\u001b[2J' })).toEqual(['✗ vendor: no [2J']);
  });
});
