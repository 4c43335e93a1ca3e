import { describe, expect, it } from 'vitest';
import type { ParseMailDependencies } from '../../../lambdas/parse-mail/create-handler.ts';
import { messageQuarantinedSchema } from '../../../mail/contracts/message-quarantined.ts';
import { mailQuarantinedSchema } from '../../../mail/contracts/mail-quarantined.ts';
import { LimitExceededError, PeerUnavailableError } from '../../../mail/errors.ts';
import { createMemoryRoom, LEASE_SECONDS } from '../../support/memory-room.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, writeMail } from '../../support/sample-mail.ts';
import { createSesNotification } from '../../support/sample-notification.ts';
import { createReceivedEvent } from '../../support/sqs-event.ts';

type Room = ReturnType<typeof createMemoryRoom>;

const readQuarantined = ({ sent }: Room) =>
  sent.flatMap(({ queue, body }) => {
    const event = mailQuarantinedSchema.safeParse(JSON.parse(body));
    return event.success ? [{ queue, event: event.data }] : [];
  });

/** A MIME parser that fails so. */
const failParsing =
  (createError: () => Error) =>
  (ports: ParseMailDependencies): ParseMailDependencies => ({
    ...ports,
    mime: {
      readMail(source) {
        source.destroy();
        return Promise.reject(createError());
      },
    },
  });

describe('a mail that the rules keep apart', () => {
  const rules = [
    { name: 'spam', when: { subject: 'printer*' }, then: [{ quarantine: 'no printers' }] },
    { name: 'rest', when: { door: 'drop' as const }, then: [{ queue: 'support' }] },
  ];
  const configuration = { queues: { support: {}, inbox: {} }, rules };

  it('is held with its evidence, and the default queue is told', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL }, { configuration });
    expect(await room.invoke(createSesNotification())).toEqual({ batchItemFailures: [] });
    expect(room.quarantine.held).toMatchObject([
      {
        heldId: 'ses-1-abc123',
        reason: 'no printers',
        code: 'rule',
        attempts: 1,
        stack: null,
        mailId: expect.stringMatching(/^m1-/) as unknown,
        arrived: { envelope: { recipients: ['support@example.com'] } },
        versions: { node: process.version },
      },
    ]);
    expect(readQuarantined(room)).toMatchObject([
      {
        queue: 'inbox',
        event: {
          reason: 'no printers',
          subject: 'Printer on fire',
          from: 'Ann <ann@sender.example>',
          messageId: '<one@sender.example>',
          trace: [{ decidedBy: { kind: 'rule', rule: 'spam' } }],
        },
      },
    ]);
    expect(room.ledger.arrivals.get('ses-1-abc123')).toMatchObject({ outcome: 'quarantined' });
    expect(room.ledger.counted[0]).toMatchObject({ mails: 1, events: 0, quarantined: 1 });
  });

  it('concerns only the recipients whose mail it is', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    const recipients = ['support@example.com', 'nobody@example.com'];
    await room.invoke(createSesNotification({ recipients }));
    expect(room.quarantine.held[0]?.arrived?.envelope.recipients).toEqual(['nobody@example.com']);
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support', 'inbox']);
    expect(room.ledger.arrivals.get('ses-1-abc123')?.outcome).toBe('sent');
  });

  it('tells the queue that quarantine.queue names', async () => {
    const quarantine = { queue: 'support' };
    const room = createMemoryRoom(
      { abc123: SAMPLE_MAIL },
      { configuration: { ...configuration, quarantine } },
    );
    await room.invoke(createSesNotification());
    expect(readQuarantined(room)).toMatchObject([{ queue: 'support' }]);
  });

  it('keeps what carries a virus apart without any rule', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    const notification = createSesNotification();
    notification.receipt.virusVerdict.status = 'FAIL';
    await room.invoke(notification);
    expect(room.quarantine.held).toMatchObject([{ code: 'virus' }]);
  });

  it('does not take a virus check that failed to run for a clean one', async () => {
    const when = { verdict: { virus: 'PASS' as const } };
    const room = createMemoryRoom(
      { abc123: SAMPLE_MAIL },
      {
        configuration: {
          queues: { support: {}, inbox: {} },
          rules: [{ name: 'clean', when, then: [{ queue: 'support' }] }],
        },
      },
    );
    const notification = createSesNotification();
    notification.receipt.virusVerdict.status = 'PROCESSING_FAILED';
    await room.invoke(notification);
    expect(room.sent.map(({ queue }) => queue)).toEqual(['inbox']);
  });
});

describe('a mail that can never be handled', () => {
  it('is quarantined at once, and the others of its batch arrive', async () => {
    const large = writeMail(SAMPLE_HEADERS, 'x'.repeat(5000));
    const room = createMemoryRoom(
      { large, small: SAMPLE_MAIL },
      { configuration: { limits: { mailBytes: 4000 } } },
    );
    const result = await room.invoke(
      createSesNotification({ messageId: 'large' }),
      createSesNotification({ messageId: 'small' }),
    );
    expect(result).toEqual({ batchItemFailures: [] });
    expect(room.quarantine.held).toMatchObject([
      { heldId: 'ses-1-large', code: 'limit-exceeded', mailId: null, attempts: 1 },
    ]);
    expect(room.quarantine.held[0]?.stack).toMatch(/^\s+at /);
    expect(readQuarantined(room)).toMatchObject([{ event: { subject: 'Printer on fire' } }]);
    expect(room.sent.map(({ queue }) => queue).toSorted()).toEqual(['inbox', 'support']);
  });

  it('leaves no trace of what it says in its evidence', async () => {
    const createError = () =>
      new LimitExceededError('expected less', { fields: { secret: 'canary' } });
    const room = createMemoryRoom(
      { abc123: writeMail({ Subject: 'canary', From: 'canary@x.example' }) },
      { wrapPorts: failParsing(createError) },
    );
    await room.invoke(createSesNotification());
    const { arrived: _, ...evidence } = room.quarantine.held[0] ?? {};
    expect(JSON.stringify(evidence)).not.toContain('canary');
  });
});

describe('a mail that fails again and again', () => {
  const createError = () => new TypeError('boom');

  it.each([
    [10, []],
    [11, [{ code: 'TypeError' }]],
    [12, [{ code: 'TypeError' }]],
  ])('is tried until one receive is left (receive %i)', async (receives, held) => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL }, { wrapPorts: failParsing(createError) });
    await room.invoke(createSesNotification());
    await room.invokeEvent(createReceivedEvent(receives, createSesNotification()));
    expect(room.quarantine.held).toMatchObject(held);
  });

  it('is quarantined without being parsed', async () => {
    let parsed = 0;
    const room = createMemoryRoom(
      { abc123: SAMPLE_MAIL },
      {
        wrapPorts: failParsing(() => {
          parsed += 1;
          return createError();
        }),
      },
    );
    await room.invokeEvent(createReceivedEvent(11, createSesNotification()));
    expect(parsed).toBe(0);
    expect(readQuarantined(room)).toMatchObject([{ event: { subject: 'Printer on fire' } }]);
  });

  it('is quarantined although its bytes cannot be had', async () => {
    const room = createMemoryRoom({});
    await room.invoke(createSesNotification());
    await room.invokeEvent(createReceivedEvent(11, createSesNotification()));
    expect(room.quarantine.held).toMatchObject([{ code: 'peer-unavailable' }]);
    expect(readQuarantined(room)).toMatchObject([{ event: { subject: null, from: null } }]);
  });

  it('comes back when the quarantine itself cannot be written', async () => {
    const room = createMemoryRoom(
      { abc123: SAMPLE_MAIL },
      {
        wrapPorts: (ports) => ({
          ...ports,
          quarantine: {
            ...ports.quarantine,
            holdMail: () => Promise.reject(new PeerUnavailableError('DynamoDB answered 500')),
          },
        }),
      },
    );
    const result = await room.invokeEvent(createReceivedEvent(11, createSesNotification()));
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect(room.ledger.arrivals.get('ses-1-abc123')?.leaseUntilMs).toBe(0);
  });
});

/** Lets the end of an arrival, or of any, fail so often: what was sent by then is sent again. */
function failFinishing(times: number, arrivalId?: string) {
  let left = times;
  return (ports: ParseMailDependencies): ParseMailDependencies => ({
    ...ports,
    ledger: {
      ...ports.ledger,
      finishArrival(claim, ...end) {
        const isFailing = left > 0 && claim.arrivalId === (arrivalId ?? claim.arrivalId);
        if (!isFailing) return ports.ledger.finishArrival(claim, ...end);
        left -= 1;
        return Promise.reject(new PeerUnavailableError('DynamoDB answered 500'));
      },
    },
  });
}

describe('a mail that fails again while it is quarantined', () => {
  const large = writeMail(SAMPLE_HEADERS, 'x'.repeat(5000));

  it('is told of in the same words, whatever it fails from by then', async () => {
    const room = createMemoryRoom(
      { large },
      { configuration: { limits: { mailBytes: 4000 } }, wrapPorts: failFinishing(2) },
    );
    const notification = createSesNotification({ messageId: 'large' });
    await room.invoke(notification);
    room.configure({});
    await room.invokeEvent(createReceivedEvent(2, notification));
    room.objects.clear();
    await room.invokeEvent(createReceivedEvent(11, notification));
    const told = room.sent.map(({ body }) => body);
    expect(told).toHaveLength(3);
    expect(new Set(told).size).toBe(1);
    expect(readQuarantined(room)[0]).toMatchObject({
      event: { code: 'limit-exceeded', subject: 'Printer on fire' },
    });
    expect(room.quarantine.held.map(({ code, attempts }) => [code, attempts])).toEqual([
      ['limit-exceeded', 1],
      ['limit-exceeded', 1],
      ['limit-exceeded', 1],
    ]);
    expect(room.ledger.arrivals.get('ses-1-large')).toMatchObject({ outcome: 'quarantined' });
  });

  it('has another event where the rules had kept it apart before', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL }, { wrapPorts: failFinishing(1) });
    const notification = createSesNotification({ recipients: ['nobody@example.com'] });
    await room.invoke(notification);
    await room.invokeEvent(createReceivedEvent(11, notification));
    const events = readQuarantined(room).map(({ event }) => event);
    expect(events.map(({ code }) => code)).toEqual(['unlisted-recipient', 'peer-unavailable']);
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(2);
  });
});

describe('a mail that is given up after it was decided', () => {
  /** The same mail twice; the second copy's end fails until it is given up. */
  async function giveUpSecond(recipients: readonly string[]) {
    const mails = { one: SAMPLE_MAIL, two: SAMPLE_MAIL };
    const room = createMemoryRoom(mails, { wrapPorts: failFinishing(1, 'ses-1-two') });
    await room.invoke(createSesNotification({ messageId: 'one' }));
    const second = createSesNotification({ messageId: 'two', recipients });
    await room.invoke(second);
    await room.invokeEvent(createReceivedEvent(11, second));
    return room;
  }

  it('holds only recipients whose deliveries are its own', async () => {
    const room = await giveUpSecond(['support@example.com', 'invoices@example.com']);
    expect(room.quarantine.held).toMatchObject([
      {
        mailId: expect.stringMatching(/^m1-/) as unknown,
        arrived: { envelope: { recipients: ['invoices@example.com'] } },
      },
    ]);
    const [event] = readQuarantined(room).map((told) => told.event);
    expect(event?.envelope.recipients).toEqual(['invoices@example.com']);
    expect(event?.mailId).toBe(room.quarantine.held[0]?.mailId);
  });

  it('holds nobody where each delivery is a repeat, and ends as one', async () => {
    const room = await giveUpSecond(['support@example.com']);
    expect(room.quarantine.held).toEqual([]);
    expect(room.sent).toHaveLength(1);
    expect(room.ledger.arrivals.get('ses-1-two')).toMatchObject({ outcome: 'repeat' });
    expect(room.handled.at(-1)).toMatchObject({
      quarantined: [],
      repeats: [{ recipient: 'support@example.com', arrivalId: 'ses-1-one' }],
    });
  });
});

describe('a mail that ends its process', () => {
  it('is quarantined after three times', async () => {
    // An invocation that dies never comes back from its parser, and gives nothing back.
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    const { arrived } = {
      arrived: {
        arrival: {
          arrivalId: 'ses-1-abc123',
          door: 'ses' as const,
          receivedAt: '2026-11-24T09:00:00.000Z',
          raw: { bucket: 'mail-bucket', key: 'raw/ses/1/abc123' },
        },
        envelope: { sender: '', recipients: ['support@example.com'], source: 'smtp' as const },
        verdicts: {
          spam: 'PASS',
          virus: 'PASS',
          spf: 'PASS',
          dkim: 'PASS',
          dmarc: 'PASS',
        } as const,
      },
    };
    for (let deaths = 0; deaths < 3; deaths += 1) {
      await room.ledger.claimArrival(arrived);
      room.passSeconds(LEASE_SECONDS + 1);
    }
    await room.invokeEvent(createReceivedEvent(4, createSesNotification()));
    expect(room.quarantine.held).toMatchObject([
      { code: 'process-died', reason: 'it ended the process that read it 3 times', attempts: 4 },
    ]);
  });
});

describe('a message that announces no mail of ours', () => {
  it.each([
    ['no JSON', 'event-malformed'],
    [JSON.stringify(createSesNotification({ bucketName: 'a-stranger' })), 'event-not-ours'],
  ])('is held as it is and not tried again: %.20s', async (body, code) => {
    const room = createMemoryRoom({});
    expect(await room.invoke(body)).toEqual({ batchItemFailures: [] });
    expect(room.quarantine.held).toMatchObject([
      { heldId: 'message-message-0', arrived: null, message: body, code },
    ]);
    expect(room.reports[0]?.heldMessages).toBe(1);
    expect(room.sent.map(({ queue }) => queue)).toEqual(['inbox']);
    expect(messageQuarantinedSchema.parse(JSON.parse(room.sent[0]?.body ?? ''))).toMatchObject({
      heldId: 'message-message-0',
      queue: 'arrivals',
      code,
      objects: [],
    });
  });

  it('comes back when nobody could be told, and then is told of as it was held first', async () => {
    let isFailing = true;
    const room = createMemoryRoom(
      {},
      {
        wrapPorts: (ports) => ({
          ...ports,
          events: {
            async sendEvent(event) {
              await ports.events.sendEvent(event);
              if (isFailing) throw new PeerUnavailableError('SQS answered 500');
            },
          },
        }),
      },
    );
    const failed = await room.invokeEvent(createReceivedEvent(1, 'no JSON'));
    expect(failed.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    isFailing = false;
    const told = await room.invokeEvent(createReceivedEvent(2, 'no JSON'));
    expect(told.batchItemFailures).toEqual([]);
    expect(room.quarantine.held).toMatchObject([{ attempts: 1 }]);
    expect(room.sent).toHaveLength(2);
    expect(room.sent[1]).toEqual(room.sent[0]);
  });
});

describe('a mail that comes back from quarantine', () => {
  it('is handled by the rules of the day', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    await room.invoke(createSesNotification({ recipients: ['nobody@example.com'] }));
    const arrived = room.quarantine.held[0]?.arrived;
    const notice = { type: 'mail.arrived', version: 1, arrived };
    await room.ledger.reopenArrival('ses-1-abc123');
    await room.invoke({ ...notice, isReleased: true });
    const queues = room.sent.map(({ queue, body }) => [queue, JSON.parse(body) as object]);
    expect(queues).toMatchObject([
      ['inbox', { type: 'mail.quarantined' }],
      ['inbox', { type: 'mail.received', envelope: { recipients: ['nobody@example.com'] } }],
    ]);
  });
});
