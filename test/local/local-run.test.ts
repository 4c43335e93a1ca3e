import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createLocalClients } from '../../local/emulators/create-clients.ts';
import { readLocalEndpoints } from '../../local/endpoints.ts';
import { listLocalQueues, peekLocalQueue } from '../../local/queues.ts';
import { mailReceivedSchema } from '../../mail/contracts/mail-received.ts';
import { createFolder, sendMail, startTestRun } from './fixture.ts';

async function readEvents(awsEndpoint: string, queue: string) {
  const messages = (await peekLocalQueue({ awsEndpoint }, queue)) ?? [];
  return messages.map(({ body }) => mailReceivedSchema.parse(JSON.parse(body)));
}

describe('the straight path', () => {
  it('brings a mail that came by SMTP to the queue that the rules choose', async () => {
    const { run, waitFor } = await startTestRun();
    await sendMail(run.endpoints.smtpPort, { to: 'support@example.com', subject: 'A lid' });

    const [told] = await waitFor('mail');
    expect(told).toMatchObject({
      from: 'ada@example.net',
      to: ['support@example.com'],
      subject: 'A lid',
      rule: 'support',
      queue: 'support',
    });
    const [event] = await readEvents(run.endpoints.awsEndpoint, 'postroom-test-support');
    expect(event).toMatchObject({
      mailId: told?.mailId,
      envelope: { sender: 'ada@example.net', recipients: ['support@example.com'] },
      verdicts: { spam: 'GRAY', virus: 'GRAY', spf: 'GRAY', dkim: 'GRAY', dmarc: 'GRAY' },
      arrival: { door: 'ses' },
    });
  });

  it('stores the raw mail where SES would, behind the headers that SES puts before it', async () => {
    const { run, waitFor } = await startTestRun();
    const reply = await sendMail(run.endpoints.smtpPort, { to: 'support@example.com' });
    await waitFor('mail');
    const { s3, destroy } = createLocalClients(run.endpoints.awsEndpoint);
    const Bucket = run.endpoints.mailBucket;
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    const Key = `raw/ses/1/${reply.split(' ').at(-1) ?? ''}`;
    expect(Contents?.map((object) => object.Key)).toEqual([Key]);

    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const lines = ((await Body?.transformToString()) ?? '').split('\r\n');
    destroy();
    expect(lines[0]).toBe('Return-Path: <ada@example.net>');
    expect(lines[1]).toMatch(/^Received: from \S+ \(\S+ \[127\.0\.0\.1\]\)$/);
    expect(lines).toContain('X-SES-Spam-Verdict: GRAY');
    expect(lines).toContain('Subject: Hello');
  });

  it('gives one event for each destination with the recipients that go there', async () => {
    const { run, waitFor } = await startTestRun();
    await sendMail(run.endpoints.smtpPort, { to: ['support@example.com', 'hello@example.com'] });
    await waitFor('mail', 2);
    const { awsEndpoint } = run.endpoints;
    const [support] = await readEvents(awsEndpoint, 'postroom-test-support');
    const [inbox] = await readEvents(awsEndpoint, 'postroom-test-inbox.fifo');
    expect(support?.envelope.recipients).toEqual(['support@example.com']);
    expect(inbox?.envelope.recipients).toEqual(['hello@example.com']);
    expect(inbox?.mailId).toBe(support?.mailId);
  });

  it('takes the verdicts that a test mail names', async () => {
    const { run, waitFor } = await startTestRun();
    await sendMail(run.endpoints.smtpPort, {
      to: 'support@example.com',
      headers: { 'X-Postroom-Verdict': 'spam=FAIL, spf=pass' },
    });
    await waitFor('mail');
    const [event] = await readEvents(run.endpoints.awsEndpoint, 'postroom-test-support');
    expect(event?.verdicts).toEqual({
      spam: 'FAIL',
      virus: 'GRAY',
      spf: 'PASS',
      dkim: 'GRAY',
      dmarc: 'GRAY',
    });
  });

  it('refuses a mail that names a verdict which SES does not have', async () => {
    const { run } = await startTestRun();
    const sending = sendMail(run.endpoints.smtpPort, {
      to: 'support@example.com',
      headers: { 'X-Postroom-Verdict': 'spam=MAYBE' },
    });
    await expect(sending).rejects.toThrow(/554 .*X-Postroom-Verdict: expected .*came spam=MAYBE/);
  });

  it('puts a mail for an address that is not listed into quarantine', async () => {
    const { run, waitFor } = await startTestRun();
    await sendMail(run.endpoints.smtpPort, { to: 'stranger@example.com' });
    const [told] = await waitFor('mail');
    expect(told).toMatchObject({ queue: null, rule: 'unlisted recipient' });
  });
});

describe('a mail that is too large', () => {
  const MAX_BYTES = 1000;
  const HEADER = 'Subject: x\r\n\r\n';

  it.each([
    [MAX_BYTES - 1, 1],
    [MAX_BYTES, 1],
    [MAX_BYTES + 1, 0],
  ])('or just not: of one of %d bytes %d objects are kept', async (bytes, objects) => {
    const { run } = await startTestRun({ maxMailBytes: MAX_BYTES });
    const raw = `${HEADER}${'y'.repeat(bytes - HEADER.length - 2)}\r\n`;
    const envelope = { from: 'ada@example.net', to: 'support@example.com' };
    const sending = sendMail(run.endpoints.smtpPort, { envelope, raw });
    if (objects === 0) await expect(sending).rejects.toThrow('552 5.3.4');
    else expect(await sending).toMatch(/^250 /);

    const { s3, destroy } = createLocalClients(run.endpoints.awsEndpoint);
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: run.endpoints.mailBucket }),
    );
    destroy();
    expect(Contents).toHaveLength(objects);
  });
});

describe('a mail that cannot be handled', () => {
  it('lands in the dead-letter queue when not even its quarantine can be told', async () => {
    const { run, waitFor } = await startTestRun({
      wrapPorts: (ports) => ({
        ...ports,
        events: { sendEvent: () => Promise.reject(new Error('no')) },
      }),
    });
    await sendMail(run.endpoints.smtpPort, { to: 'support@example.com', subject: 'Poisoned' });
    const failed = await waitFor('failed', 12);
    expect(failed.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(failed[0]).toMatchObject({
      subject: 'Poisoned',
      maxAttempts: 12,
      deadLetterQueue: null,
    });
    expect(failed[11]).toMatchObject({ deadLetterQueue: 'postroom-test-arrivals-dead' });
    await expect
      .poll(() => peekLocalQueue(run.endpoints, 'postroom-test-arrivals-dead'))
      .toHaveLength(1);
  });

  it('is quarantined when it has failed so often that one receive is left', async () => {
    const { run, waitFor } = await startTestRun({
      wrapPorts: (ports) => ({
        ...ports,
        mime: {
          readMail(source) {
            source.destroy();
            return Promise.reject(new TypeError('no'));
          },
        },
      }),
    });
    await sendMail(run.endpoints.smtpPort, { to: 'support@example.com', subject: 'Poisoned' });
    const [mail] = await waitFor('mail');
    expect(mail).toMatchObject({ outcome: 'quarantined', rule: 'TypeError', queue: null });
    expect(await waitFor('failed', 10)).toHaveLength(10);
  });

  it('keeps nothing back of the mails beside it', async () => {
    const { run, waitFor } = await startTestRun({
      wrapPorts: (ports) => ({
        ...ports,
        events: {
          sendEvent: (event) =>
            event.body.includes('Poisoned')
              ? Promise.reject(new Error('no'))
              : ports.events.sendEvent(event),
        },
      }),
    });
    await Promise.all(
      ['Poisoned', 'One', 'Two'].map((subject) =>
        sendMail(run.endpoints.smtpPort, { to: 'support@example.com', subject }),
      ),
    );
    const [mails] = await Promise.all([waitFor('mail', 2), waitFor('failed', 5)]);
    expect(mails.map(({ subject }) => subject).toSorted()).toEqual(['One', 'Two']);
  });
});

describe('the queues seen from beside', () => {
  it('are looked into without taking anything', async () => {
    const { run, waitFor } = await startTestRun();
    await sendMail(run.endpoints.smtpPort, { to: 'support@example.com' });
    await waitFor('mail');
    await peekLocalQueue(run.endpoints, 'postroom-test-support');
    const peeked = await peekLocalQueue(run.endpoints, 'postroom-test-support');
    expect(peeked).toMatchObject([{ state: 'ready', receives: 0 }]);
    expect(await listLocalQueues(run.endpoints)).toContainEqual({
      name: 'postroom-test-support',
      ready: 1,
      inFlight: 0,
      delayed: 0,
    });
  });

  it('that are not there are undefined', async () => {
    const { run } = await startTestRun();
    expect(await peekLocalQueue(run.endpoints, 'postroom-test-nobody')).toBeUndefined();
  });

  it('exist for every destination, each with its dead-letter queue', async () => {
    const { run } = await startTestRun();
    const names = (await listLocalQueues(run.endpoints)).map(({ name }) => name);
    expect(names).toEqual([
      'postroom-test-arrivals',
      'postroom-test-arrivals-dead',
      'postroom-test-arrivals-topic-dead',
      'postroom-test-drops',
      'postroom-test-drops-dead',
      'postroom-test-inbox-dead.fifo',
      'postroom-test-inbox.fifo',
      'postroom-test-polls',
      'postroom-test-reconcile',
      'postroom-test-reconcile-dead',
      'postroom-test-support',
      'postroom-test-support-dead',
    ]);
  });
});

describe('a stop and a start', () => {
  it('keep what is in the queues', async () => {
    const stateFolder = createFolder();
    const first = await startTestRun({ stateFolder });
    await sendMail(first.run.endpoints.smtpPort, { to: 'support@example.com', subject: 'Kept' });
    await first.waitFor('mail');
    await first.run.stop();

    const second = await startTestRun({ stateFolder });
    const [event] = await readEvents(second.run.endpoints.awsEndpoint, 'postroom-test-support');
    expect(event?.subject).toBe('Kept');
  });

  it('finish the mail that is under way first', async () => {
    const stateFolder = createFolder();
    const reached = Promise.withResolvers<undefined>();
    const gate = Promise.withResolvers<undefined>();
    const first = await startTestRun({
      stateFolder,
      wrapPorts: (ports) => ({
        ...ports,
        events: {
          async sendEvent(event) {
            reached.resolve(undefined);
            await gate.promise;
            await ports.events.sendEvent(event);
          },
        },
      }),
    });
    await sendMail(first.run.endpoints.smtpPort, { to: 'support@example.com' });
    await reached.promise;
    const stopping = first.run.stop();
    gate.resolve(undefined);
    await stopping;
    expect(first.events.map(({ event }) => event)).toEqual(['ready', 'mail', 'stopped']);

    const second = await startTestRun({ stateFolder });
    expect(await peekLocalQueue(second.run.endpoints, 'postroom-test-support')).toHaveLength(1);
    expect(await peekLocalQueue(second.run.endpoints, 'postroom-test-arrivals')).toEqual([]);
  });

  it('lose it when the start is a fresh one', async () => {
    const stateFolder = createFolder();
    const first = await startTestRun({ stateFolder });
    await sendMail(first.run.endpoints.smtpPort, { to: 'support@example.com' });
    await first.waitFor('mail');
    await first.run.stop();

    const second = await startTestRun({ stateFolder, isFresh: true });
    expect(await peekLocalQueue(second.run.endpoints, 'postroom-test-support')).toEqual([]);
  });

  it('say where the run can be reached only while it runs', async () => {
    const { run, stateFolder } = await startTestRun();
    expect(readLocalEndpoints(stateFolder)).toEqual(run.endpoints);
    await run.stop();
    expect(readLocalEndpoints(stateFolder)).toBeUndefined();
  });
});
