import { createHash } from 'node:crypto';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryHandledEvents } from '../../consumer/handled-events.ts';
import type { MailEvent } from '../../consumer/mail-event.ts';
import { openMailPart } from '../../consumer/open-mail-part.ts';
import {
  type FailedMessage,
  type MailEventReader,
  readMailEvents,
} from '../../consumer/read-mail-events.ts';
import { createLocalClients } from '../../local/emulators/create-clients.ts';
import { type AwsUnderTest, EMBEDDED } from '../support/aws-under-test.ts';
import { createSampleEvent } from '../support/sample-event.ts';
import { SAMPLE_MAIL } from '../support/sample-mail.ts';

/** Time enough that a failed message does not come back within a test. */
const LONG_SECONDS = 30;

let aws: AwsUnderTest;
let queues = 0;
beforeAll(async () => {
  aws = await EMBEDDED.start();
  await aws.clients.s3.send(new CreateBucketCommand({ Bucket: 'mail' }));
});
afterAll(() => aws.close());

/** A queue of its own in front of the mail bucket, and a consumer that writes down what it is given. */
async function startQueue(
  kind: 'standard' | 'fifo' = 'standard',
  visibilitySeconds = LONG_SECONDS,
) {
  const { s3, sqs } = aws.clients;
  queues += 1;
  const name = `queue-${queues}${kind === 'fifo' ? '.fifo' : ''}`;
  const queueUrl = `${aws.queueUrlBase}${name}`;
  await sqs.send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: {
        VisibilityTimeout: String(visibilitySeconds),
        ...(kind === 'fifo' ? { FifoQueue: 'true' } : {}),
      },
    }),
  );
  const events: MailEvent[] = [];
  const failed: FailedMessage[] = [];
  const reader: MailEventReader = {
    s3,
    sqs,
    queueUrl,
    mailBucket: 'mail',
    until: 'empty',
    handleEvent(event) {
      events.push(event);
      return Promise.resolve();
    },
    onFailure: (failure) => failed.push(failure),
  };
  let sent = 0;
  return {
    events,
    failed,
    reader,
    storeObject: (Key: string, Body: string) =>
      s3.send(new PutObjectCommand({ Bucket: 'mail', Key, Body })),
    async send(message: unknown, groupId = 'group') {
      sent += 1;
      const grouping =
        kind === 'fifo'
          ? { MessageGroupId: groupId, MessageDeduplicationId: `message-${sent}` }
          : {};
      const MessageBody = typeof message === 'string' ? message : JSON.stringify(message);
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, ...grouping }));
    },
    /** Messages that are in the queue still, handed out or not. */
    async countMessages() {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
      );
      return (
        Number(Attributes?.ApproximateNumberOfMessages) +
        Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
      );
    },
  };
}

function createClaim(json: string, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    type: 'mail.received.claim',
    version: 1,
    eventId: 'e1-sample',
    mailId: 'm1-sample',
    event: {
      bucket: 'mail',
      key: 'events/e1-sample.json',
      bytes: Buffer.byteLength(json),
      sha256: createHash('sha256').update(json).digest('hex'),
      ...changes,
    },
  };
}

const failWith = (message: string) => (): Promise<never> => Promise.reject(new Error(message));

// Each waits a second for its queue to stay empty.
describe.concurrent('reading a queue', () => {
  it('gives the events of a queue, and takes out what was handled', async () => {
    const queue = await startQueue();
    await queue.send(createSampleEvent({ eventId: 'e1' }));
    await queue.send(createSampleEvent({ eventId: 'e2' }));
    expect(await readMailEvents(queue.reader)).toEqual({ handled: 2, repeats: 0, failed: 0 });
    expect(queue.events.map(({ eventId }) => eventId).sort()).toEqual(['e1', 'e2']);
    expect(await queue.countMessages()).toBe(0);
  });

  it('reads more messages than one receive brings', async () => {
    const queue = await startQueue();
    for (let number = 1; number <= 23; number += 1) {
      await queue.send(createSampleEvent({ eventId: `e${number}` }));
    }
    expect(await readMailEvents(queue.reader)).toMatchObject({ handled: 23 });
  });

  it('opens the event that a claim check stands for', async () => {
    const queue = await startQueue();
    const event = createSampleEvent({ text: 'x'.repeat(100_000) });
    const json = JSON.stringify(event);
    await queue.storeObject('events/large.json', json);
    await queue.send(createClaim(json, { key: 'events/large.json' }));
    expect(await readMailEvents(queue.reader)).toMatchObject({ handled: 1 });
    expect(queue.events).toEqual([event]);
  });

  it('opens the part of a mail that an event names', async () => {
    const queue = await startQueue();
    await queue.storeObject('raw/ses/1/abc', SAMPLE_MAIL);
    const { raw } = createSampleEvent().arrival;
    const part = await openMailPart(queue.reader, raw, '1');
    expect(await part.setEncoding('utf8').toArray()).toEqual(['Hello\r\n']);
  });

  it.each([
    ['no JSON', 'event-malformed', 'Hello'],
    ['JSON of somebody else', 'event-malformed', { type: 'order.placed', version: 1 }],
    ['an event of another version', 'event-malformed', { ...createSampleEvent(), version: 2 }],
    [
      'a claim check for another bucket',
      'event-not-ours',
      createClaim('{}', { bucket: 'payroll' }),
    ],
    ['a claim check whose object is gone', 'object-unreadable', createClaim('{}', { key: 'gone' })],
    ['a claim check for other bytes', 'claim-altered', createClaim('{"type":"mail.received"}')],
  ])('leaves %s in the queue and tells the failure', async (_what, code, message) => {
    const queue = await startQueue();
    await queue.storeObject('events/e1-sample.json', '{"type":"mail.rejected"}');
    await queue.send(message);
    expect(await readMailEvents(queue.reader)).toEqual({ handled: 0, repeats: 0, failed: 1 });
    expect(queue.events).toEqual([]);
    expect(queue.failed).toMatchObject([{ receives: 1, error: { code } }]);
    expect(await queue.countMessages()).toBe(1);
  });

  it('reads no further than a claim check says', async () => {
    const queue = await startQueue();
    const json = JSON.stringify(createSampleEvent());
    await queue.storeObject('events/longer.json', `${json} and more`);
    await queue.send(createClaim(json, { key: 'events/longer.json' }));
    await readMailEvents(queue.reader);
    expect(queue.failed).toMatchObject([{ error: { code: 'claim-altered' } }]);
  });

  it('leaves a message whose handling fails, and reads the next', async () => {
    const queue = await startQueue();
    await queue.send(createSampleEvent({ eventId: 'e1' }));
    await queue.send(createSampleEvent({ eventId: 'e2' }));
    const handleEvent = (event: MailEvent) =>
      event.eventId === 'e1' ? failWith('disk full')() : Promise.resolve();
    expect(await readMailEvents({ ...queue.reader, handleEvent })).toEqual({
      ...{ handled: 1, repeats: 0, failed: 1 },
    });
    expect(queue.failed).toMatchObject([{ receives: 1, error: { message: 'disk full' } }]);
    expect(await queue.countMessages()).toBe(1);
  });

  it('drops an event that took effect before, and deletes its message', async () => {
    const queue = await startQueue();
    const handledEvents = createMemoryHandledEvents();
    for (let time = 1; time <= 3; time += 1) await queue.send(createSampleEvent());
    expect(await readMailEvents({ ...queue.reader, handledEvents })).toEqual({
      ...{ handled: 1, repeats: 2, failed: 0 },
    });
    expect(queue.events).toHaveLength(1);
    expect(await queue.countMessages()).toBe(0);
  });

  it('does not take an event for handled whose handling failed', async () => {
    const queue = await startQueue();
    const handledEvents = createMemoryHandledEvents();
    await queue.send(createSampleEvent());
    await readMailEvents({ ...queue.reader, handledEvents, handleEvent: failWith('disk full') });
    await queue.send(createSampleEvent());
    await readMailEvents({ ...queue.reader, handledEvents });
    expect(queue.events).toHaveLength(1);
  });

  it('lets a FIFO group wait for its failed message, and no other group', async () => {
    const queue = await startQueue('fifo');
    await queue.send(createSampleEvent({ eventId: 'e1' }), 'ann');
    await queue.send(createSampleEvent({ eventId: 'e2' }), 'ann');
    await queue.send(createSampleEvent({ eventId: 'e3' }), 'ben');
    const tried: string[] = [];
    const handleEvent = async ({ eventId }: MailEvent): Promise<void> => {
      tried.push(eventId);
      if (eventId === 'e1') await failWith('disk full')();
    };
    await readMailEvents({ ...queue.reader, handleEvent });
    expect(tried.sort()).toEqual(['e1', 'e3']);
    expect(await queue.countMessages()).toBe(2);
  });

  it('ends though a failed message is there again at once', async () => {
    const queue = await startQueue('standard', 0);
    await queue.send(createSampleEvent());
    const report = await readMailEvents({ ...queue.reader, handleEvent: failWith('disk full') });
    expect(report).toEqual({ handled: 0, repeats: 0, failed: 1 });
  });

  it('keeps a FIFO group in order though its failed message is there again at once', async () => {
    const queue = await startQueue('fifo', 0);
    await queue.send(createSampleEvent({ eventId: 'e1' }));
    await queue.send(createSampleEvent({ eventId: 'e2' }));
    const tried: string[] = [];
    const handleEvent = ({ eventId }: MailEvent): Promise<void> => {
      tried.push(eventId);
      return failWith('disk full')();
    };
    await readMailEvents({ ...queue.reader, handleEvent });
    expect(tried).toEqual(['e1']);
  });

  it('tries a failed message again when it comes back, until its signal fires', async () => {
    const queue = await startQueue('standard', 0);
    await queue.send(createSampleEvent());
    const stopping = new AbortController();
    let tries = 0;
    const handleEvent = (): Promise<void> => {
      tries += 1;
      if (tries < 3) return failWith('disk full')();
      stopping.abort();
      return Promise.resolve();
    };
    const report = await readMailEvents({ ...queue.reader, handleEvent, until: stopping.signal });
    expect(report).toEqual({ handled: 1, repeats: 0, failed: 2 });
  });

  it('drops an event that took effect when its message could not be deleted', async () => {
    const queue = await startQueue('standard', 0);
    const handledEvents = createMemoryHandledEvents();
    await queue.send(createSampleEvent());
    const { sqs: failing, destroy } = createLocalClients(new URL(aws.queueUrlBase).origin);
    failing.middlewareStack.add(
      (next, { commandName }) =>
        (args) =>
          commandName === 'DeleteMessageCommand' ? failWith('no route')() : next(args),
      { step: 'initialize' },
    );
    expect(await readMailEvents({ ...queue.reader, handledEvents, sqs: failing })).toMatchObject({
      failed: 1,
    });
    destroy();
    expect(await readMailEvents({ ...queue.reader, handledEvents })).toEqual({
      ...{ handled: 0, repeats: 1, failed: 0 },
    });
    expect(queue.events).toHaveLength(1);
  });

  it('ends what is under way when its signal fires, and leaves the rest in the queue', async () => {
    const queue = await startQueue();
    await queue.send(createSampleEvent({ eventId: 'e1' }));
    await queue.send(createSampleEvent({ eventId: 'e2' }));
    const stopping = new AbortController();
    const handleEvent = (): Promise<void> => {
      stopping.abort();
      return Promise.resolve();
    };
    const report = await readMailEvents({ ...queue.reader, handleEvent, until: stopping.signal });
    expect(report).toEqual({ handled: 1, repeats: 0, failed: 0 });
    expect(await queue.countMessages()).toBe(1);
  });

  it('stops waiting for mail at once when its signal fires', async () => {
    const { reader } = await startQueue();
    const stopping = new AbortController();
    const reading = readMailEvents({ ...reader, until: stopping.signal });
    stopping.abort();
    expect(await reading).toEqual({ handled: 0, repeats: 0, failed: 0 });
  });

  it('fails when the queue cannot be read', async () => {
    const { reader } = await startQueue();
    const gone = { ...reader, queueUrl: `${reader.queueUrl}-gone` };
    await expect(readMailEvents(gone)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });
});
