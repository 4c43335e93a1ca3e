import { describe, expect, it } from 'vitest';
import type { ParseMailDependencies } from '../../../lambdas/parse-mail/create-handler.ts';
import { mailReceivedSchema } from '../../../mail/contracts/mail-received.ts';
import { PeerUnavailableError } from '../../../mail/errors.ts';
import { createMemoryRoom, LEASE_SECONDS } from '../../support/memory-room.ts';
import { SAMPLE_HEADERS, SAMPLE_MAIL, writeMail } from '../../support/sample-mail.ts';
import { createSesNotification } from '../../support/sample-notification.ts';
import { createContext, createReceivedEvent, createSqsEvent } from '../../support/sqs-event.ts';

type Room = ReturnType<typeof createMemoryRoom>;

const readEvents = ({ sent }: Room) =>
  sent.map(({ queue, body }) => ({ queue, event: mailReceivedSchema.parse(JSON.parse(body)) }));

/** A notification of the second receipt rule for the same SES message. */
function createSecondRuleNotification(recipients: readonly string[]) {
  const notification = createSesNotification({ recipients });
  notification.receipt.action.objectKey = 'raw/ses/2/abc123';
  return notification;
}

/** Lets the ports do so many sends, then fail. */
const failSendsAfter =
  (sends: number) =>
  (ports: ParseMailDependencies): ParseMailDependencies => {
    let left = sends;
    return {
      ...ports,
      events: {
        sendEvent(event) {
          left -= 1;
          if (left === -1) return Promise.reject(new PeerUnavailableError('SQS answered 500'));
          return ports.events.sendEvent(event);
        },
      },
    };
  };

describe('a repeat', () => {
  it('of a notification is swallowed, at once and hours later', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    for (let count = 0; count < 5; count += 1) {
      expect(await room.invoke(createSesNotification())).toEqual({ batchItemFailures: [] });
      room.passSeconds(count * 3600);
    }
    expect(room.sent).toHaveLength(1);
    expect(room.ledger.arrivals.get('ses-1-abc123')?.repeats).toBe(4);
    expect(room.reports.map(({ repeats }) => repeats)).toEqual([0, 1, 1, 1, 1]);
  });

  it('while the mail is being handled waits for the lease to end, and is then swallowed', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    const result = await room.invoke(createSesNotification(), createSesNotification());
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-1' }]);
    expect(room.delays).toEqual([{ receiptHandle: 'receipt-1', seconds: LEASE_SECONDS }]);
    await room.invoke(createSesNotification());
    expect(room.sent).toHaveLength(1);
  });

  it('by a second receipt rule is handled for the recipients that the first had not', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    await room.invoke(createSesNotification({ recipients: ['support@example.com'] }));
    await room.invoke(createSecondRuleNotification(['Support@example.com', 'any@all.example.net']));
    const events = readEvents(room);
    expect(events.map(({ queue, event }) => [queue, event.envelope.recipients])).toEqual([
      ['support', ['support@example.com']],
      ['inbox', ['any@all.example.net']],
    ]);
    expect(events[1]?.event.mailId).toBe(events[0]?.event.mailId);
    expect(room.handled[1]?.repeats).toEqual([
      { recipient: 'Support@example.com', arrivalId: 'ses-1-abc123' },
    ]);
  });

  it('in a second SMTP transaction to the same recipient is swallowed, to another is not', async () => {
    const room = createMemoryRoom({ one: SAMPLE_MAIL, two: SAMPLE_MAIL, three: SAMPLE_MAIL });
    await room.invoke(createSesNotification({ messageId: 'one' }));
    await room.invoke(createSesNotification({ messageId: 'two' }));
    await room.invoke(
      createSesNotification({ messageId: 'three', recipients: ['any@all.example.net'] }),
    );
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support', 'inbox']);
    expect(room.ledger.arrivals.get('ses-1-two')?.outcome).toBe('repeat');
  });

  it('of a forged Message-ID is no repeat, and is linked to the mail that was there', async () => {
    const forged = writeMail(SAMPLE_HEADERS, 'Pay here\r\n');
    const room = createMemoryRoom({ real: SAMPLE_MAIL, forged });
    await room.invoke(createSesNotification({ messageId: 'real' }));
    await room.invoke(createSesNotification({ messageId: 'forged' }));
    const [real, second] = readEvents(room).map(({ event }) => event);
    expect(real?.sameMessageIdAs).toBeNull();
    expect(second?.mailId).not.toBe(real?.mailId);
    expect(second?.sameMessageIdAs).toBe(real?.mailId);
  });
});

describe("a queue that wants one event a mail (once: 'mail')", () => {
  it('has no second event of the mail, whomever it is for', async () => {
    const queues = { support: {}, inbox: { once: 'mail' as const } };
    const rules = [
      {
        name: 'all',
        when: { door: 'ses' as const },
        then: [{ queue: 'support' }, { queue: 'inbox' }],
      },
    ];
    const room = createMemoryRoom(
      { abc123: SAMPLE_MAIL },
      {
        configuration: {
          queues,
          rules,
          otherwise: { drop: 'nothing is left' },
          quarantine: { queue: 'support' },
        },
      },
    );
    await room.invoke(createSesNotification({ recipients: ['support@example.com'] }));
    await room.invoke(createSecondRuleNotification(['any@all.example.net']));
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support', 'inbox', 'support']);
  });
});

describe('a failure in the middle', () => {
  const recipients = ['support@example.com', 'invoices@example.com'];

  it('is gone on from with the same events, byte for byte', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL }, { wrapPorts: failSendsAfter(1) });
    const failed = await room.invoke(createSesNotification({ recipients }));
    expect(failed.batchItemFailures).toHaveLength(1);
    await room.invokeEvent(createReceivedEvent(2, createSesNotification({ recipients })));
    const [first, again, other] = room.sent;
    expect(room.sent).toHaveLength(3);
    expect(again).toEqual(first);
    expect(other?.queue).toBe('invoices');
    expect(room.ledger.arrivals.get('ses-1-abc123')).toMatchObject({ state: 'done', epoch: 2 });
  });

  it('is gone on from with what was decided, although other rules were deployed', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL }, { wrapPorts: failSendsAfter(1) });
    await room.invoke(createSesNotification({ recipients }));
    room.configure({ queues: { inbox: {} }, rules: [], otherwise: { queue: 'inbox' } });
    await room.invokeEvent(createReceivedEvent(2, createSesNotification({ recipients })));
    expect(room.sent.map(({ queue }) => queue)).toEqual(['support', 'support', 'invoices']);
  });

  it('gives the lease back, so that the next try need not wait', async () => {
    const room = createMemoryRoom({}, {});
    await room.invoke(createSesNotification());
    expect(room.ledger.arrivals.get('ses-1-abc123')).toMatchObject({
      state: 'claimed',
      leaseUntilMs: 0,
    });
  });

  it.each([
    [1, 2],
    [2, 4],
    [4, 16],
    [10, 300],
  ])('is tried again later each time (receive %i: %i s)', async (receives, seconds) => {
    const room = createMemoryRoom({});
    await room.invokeEvent(createReceivedEvent(receives, createSesNotification()));
    expect(room.delays).toEqual([{ receiptHandle: 'receipt-0', seconds }]);
  });

  it('of the counters fails no mail', async () => {
    const room = createMemoryRoom(
      { abc123: SAMPLE_MAIL },
      {
        wrapPorts: (ports) => ({
          ...ports,
          ledger: {
            ...ports.ledger,
            addCounts: () => Promise.reject(new PeerUnavailableError('DynamoDB answered 500')),
          },
        }),
      },
    );
    expect(await room.invoke(createSesNotification())).toEqual({ batchItemFailures: [] });
    expect(room.reports[0]?.isUncounted).toBe(true);
  });
});

describe('a batch', () => {
  it('takes records that were received before one at a time, those tried least first', async () => {
    const mails = { a: SAMPLE_MAIL, b: SAMPLE_MAIL, c: SAMPLE_MAIL };
    const opened: string[] = [];
    let isUnderWay = false;
    const room = createMemoryRoom(mails, {
      wrapPorts: (ports) => ({
        ...ports,
        rawMail: {
          openRawMail(address) {
            expect(isUnderWay).toBe(false);
            isUnderWay = true;
            opened.push(address.key.slice(-1));
            return ports.rawMail.openRawMail(address);
          },
        },
        ledger: {
          ...ports.ledger,
          finishArrival(claim, outcome, sent) {
            isUnderWay = false;
            return ports.ledger.finishArrival(claim, outcome, sent);
          },
          readAttempts: (ids) => Promise.resolve(ids.map((id) => (id.endsWith('a') ? 3 : 1))),
        },
      }),
    });
    const notify = (messageId: string) => createSesNotification({ messageId });
    const event = createReceivedEvent(2, notify('a'), notify('b'));
    event.Records.push(...createSqsEvent(notify('c')).Records);
    expect(await room.invokeEvent(event)).toEqual({ batchItemFailures: [] });
    expect(opened).toEqual(['c', 'b', 'a']);
  });

  it('is handed back unharmed where the function is about to end', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    const context = { ...createContext(), getRemainingTimeInMillis: () => 14_999 };
    const result = await room.invokeEvent(createSqsEvent(createSesNotification()), context);
    expect(result.batchItemFailures).toEqual([{ itemIdentifier: 'message-0' }]);
    expect(room.delays).toEqual([{ receiptHandle: 'receipt-0', seconds: 0 }]);
    expect(room.ledger.arrivals.size).toBe(0);
  });

  it('is counted in its hour, once', async () => {
    const room = createMemoryRoom({ abc123: SAMPLE_MAIL });
    await room.invoke(
      createSesNotification(),
      'no JSON',
      createSesNotification({ messageId: 'missing' }),
    );
    expect(room.ledger.counted).toEqual([
      { mails: 1, bytes: 165, events: 1, repeats: 0, quarantined: 1, failures: 1 },
    ]);
    expect(room.ledger.listed).toMatchObject([
      {
        outcome: 'sent',
        from: 'ann@sender.example',
        subject: 'Printer on fire',
        sent: [{ queue: 'support', sentAtMs: Date.parse('2026-11-24T09:00:01.000Z') }],
      },
    ]);
  });
});
