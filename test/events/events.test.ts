import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { SAMPLE_DROP_BUCKET } from '../../cli/sam/play-object-event.ts';
import { listEvents, listFunctions } from '../../cli/sam/find-sample-event.ts';
import { findDeadLetterSource } from '../../mail/configuration/dead-letter-queues.ts';
import { readQueueName } from '../../mail/configuration/resource-names.ts';
import { readObjectEvents } from '../../mail/contracts/read-object-events.ts';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import {
  customResourceRequestSchema,
  ruleSetRequestSchema,
} from '../../mail/contracts/rule-set-request.ts';
import { sesNotificationSchema } from '../../mail/contracts/ses-notification.ts';

const ROOT = join(import.meta.dirname, '../..');
const BUCKET = 'postroom-dev-mail-000000000000-us-east-1';

/** What Lambda hands to a function that reads a queue (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
const sqsEventSchema = z.strictObject({
  Records: z
    .array(
      z.strictObject({
        messageId: z.uuid(),
        receiptHandle: z.string().min(1),
        body: z.string(),
        attributes: z.strictObject({
          ApproximateReceiveCount: z.string().regex(/^\d+$/),
          SentTimestamp: z.string().regex(/^\d{13}$/),
          SenderId: z.string().min(1),
          ApproximateFirstReceiveTimestamp: z.string().regex(/^\d{13}$/),
        }),
        messageAttributes: z.strictObject({}),
        md5OfBody: z.string().length(32),
        eventSource: z.literal('aws:sqs'),
        eventSourceARN: z
          .string()
          .regex(
            /^arn:aws:sqs:us-east-1:000000000000:postroom-dev-(arrivals|drops|reconcile|(arrivals|arrivals-topic|drops)-dead)$/,
          ),
        awsRegion: z.literal('us-east-1'),
      }),
    )
    .min(1),
});

const readEvent = (functionName: string, name: string): unknown =>
  JSON.parse(readFileSync(join(ROOT, 'events', functionName, `${name}.json`), 'utf8'));

const readRecords = (name: string) => sqsEventSchema.parse(readEvent('parse-mail', name)).Records;

test('each function has its sample events', () => {
  expect(listFunctions(ROOT)).toEqual([
    'activate-rule-set',
    'enter-drops',
    'hold-dead-letters',
    'parse-mail',
    'reconcile-arrivals',
  ]);
  expect(listEvents(ROOT, 'activate-rule-set')).toEqual(['create', 'delete', 'update']);
  expect(listEvents(ROOT, 'enter-drops')).toEqual(['dropped-mail', 'test-event']);
  expect(listEvents(ROOT, 'hold-dead-letters')).toEqual([
    'dropped-file',
    'given-up-mail',
    'undelivered-notification',
  ]);
  expect(listEvents(ROOT, 'reconcile-arrivals')).toEqual(['never-announced', 'setup-object']);
  expect(listEvents(ROOT, 'parse-mail')).toEqual([
    'batch-with-a-bad-record',
    'fifo-invoice',
    'one-mail',
    'setup-notification',
  ]);
});

describe('events of parse-mail', () => {
  test.for(listEvents(ROOT, 'parse-mail'))('%s is a batch of the arrivals queue', (name) => {
    for (const { body, md5OfBody } of readRecords(name)) {
      expect(md5OfBody).toBe(createHash('md5').update(body).digest('hex'));
      expect(sesNotificationSchema.safeParse(JSON.parse(body)).error).toBeUndefined();
    }
  });

  test.for([
    ['one-mail', [['support+sam@example.com']]],
    ['fifo-invoice', [['invoices@example.com']]],
    [
      'batch-with-a-bad-record',
      [['hello+sam@example.com'], ['support@example.com'], ['support+order-1842@example.com']],
    ],
    ['setup-notification', [undefined]],
  ] as const)('%s announces mail of our bucket for its recipients', ([name, recipients]) => {
    const arrived = readRecords(name).map(({ body }) => readArrival(body, BUCKET)?.arrived);

    expect(arrived.map((mail) => mail?.envelope.recipients)).toEqual(recipients);
  });
});

test.for([
  ['given-up-mail', 'arrivals'],
  ['undelivered-notification', 'arrivals-topic'],
  ['dropped-file', 'drops'],
] as const)('hold-dead-letters %s is a batch of the dead letters of %s', ([name, source]) => {
  const { Records } = sqsEventSchema.parse(readEvent('hold-dead-letters', name));
  for (const { body, md5OfBody, eventSourceARN } of Records) {
    expect(md5OfBody).toBe(createHash('md5').update(body).digest('hex'));
    expect(findDeadLetterSource('dev', readQueueName(eventSourceARN))).toBe(source);
  }
});

test.for([
  ['enter-drops', 'dropped-mail', SAMPLE_DROP_BUCKET, ['inbox/support-question.eml']],
  ['enter-drops', 'test-event', SAMPLE_DROP_BUCKET, []],
  [
    'reconcile-arrivals',
    'never-announced',
    BUCKET,
    ['raw/ses/1/q7rv0r1rd7phpa1aaagv9lnncajshq53hufqnqrb'],
  ],
  ['reconcile-arrivals', 'setup-object', BUCKET, ['raw/ses/1/AMAZON_SES_SETUP_NOTIFICATION']],
] as const)('%s %s tells of objects of %s', ([functionName, name, bucket, keys]) => {
  const { Records } = sqsEventSchema.parse(readEvent(functionName, name));
  const told = Records.flatMap(({ body, md5OfBody }) => {
    expect(md5OfBody).toBe(createHash('md5').update(body).digest('hex'));
    return readObjectEvents(body, bucket);
  });
  expect(told.map(({ key }) => key)).toEqual(keys);
});

test.for([
  ['create', 'Create'],
  ['update', 'Update'],
  ['delete', 'Delete'],
] as const)('%s is a request of CloudFormation to change the rule set', ([name, type]) => {
  const event = readEvent('activate-rule-set', name);

  expect(customResourceRequestSchema.safeParse(event).error).toBeUndefined();
  expect(ruleSetRequestSchema.parse(event)).toMatchObject({
    RequestType: type,
    ResourceProperties: { RuleSetName: 'postroom-dev' },
  });
});
