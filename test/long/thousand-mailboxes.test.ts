import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDynamoDbMailboxStates } from '../../adapters/aws/dynamodb-mailbox-states.ts';
import { createSqsWakeUpSender } from '../../adapters/aws/sqs-wake-up-sender.ts';
import { createDispatchPollsHandler } from '../../lambdas/dispatch-polls/create-handler.ts';
import { createPollMailboxHandler } from '../../lambdas/poll-mailbox/create-handler.ts';
import type { PollReport } from '../../lambdas/poll-mailbox/ports.ts';
import { pickDispatchPollsConfiguration } from '../../mail/configuration/dispatch-polls-configuration.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { type AwsUnderTest, EMBEDDED } from '../support/aws-under-test.ts';
import { createLedgerIn } from '../support/ledger-table.ts';
import { createPollWorld } from '../support/poll-world.ts';
import { createSampleConfiguration } from '../support/sample-configuration.ts';
import { SAMPLE_SERVER_MAILBOX } from '../support/sample-mailbox.ts';
import { createContext, createSqsEvent } from '../support/sqs-event.ts';

const COUNT = 1000;
/** Functions that read the queue at once. */
const POLLERS = 10;

let aws: AwsUnderTest;
beforeAll(async () => {
  aws = await EMBEDDED.start();
});
afterAll(() => aws.close());

it('polls each of a thousand mailboxes once, though the schedule runs twice', async () => {
  const configuration = parseConfiguration({
    ...createSampleConfiguration(),
    mailboxes: Array.from({ length: COUNT }, (_, index) => ({
      ...SAMPLE_SERVER_MAILBOX,
      name: `mailbox-${index}`,
      user: `user-${index}`,
    })),
  });
  const { sqs } = aws.clients;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'polls' }));
  const clock = { now: () => Date.now() };
  const { table } = await createLedgerIn(aws.dynamodb, { clock });
  const states = createDynamoDbMailboxStates(aws.dynamodb, {
    ...{ table, clock, leaseSeconds: 330, retentionDays: 90 },
  });
  const { ports } = createPollWorld();
  const sender = createSqsWakeUpSender(sqs, QueueUrl);
  const dispatch = createDispatchPollsHandler({
    // What is held back by minutes would have the test wait for minutes.
    wakeUps: {
      sendWakeUps: (wakeUps) =>
        sender.sendWakeUps(wakeUps.map((wakeUp) => ({ ...wakeUp, delaySeconds: 0 }))),
    },
    ...{ states, clock, events: ports.events },
    readConfiguration: () => pickDispatchPollsConfiguration(configuration),
  });
  const reports: PollReport[] = [];
  const poll = createPollMailboxHandler({
    ...{ ...ports, states, clock },
    isActing: true,
    readConfiguration: () => configuration,
    reportPoll: (report) => reports.push(report),
  });

  const begunMs = Date.now();
  const run = { intervalMinutes: 5, scheduledAt: new Date().toISOString() };
  await Promise.all([dispatch(run, createContext()), dispatch(run, createContext())]);
  const dispatchedMs = Date.now();
  const work = async (): Promise<void> => {
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      for (const { Body = '', ReceiptHandle } of Messages) {
        await poll(createSqsEvent(Body), createContext());
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  };
  await Promise.all(Array.from({ length: POLLERS }, work));
  const endedMs = Date.now();

  const polled = reports.filter(({ outcome }) => outcome === 'polled');
  const others = new Set(reports.filter((one) => !polled.includes(one)).map((one) => one.outcome));
  expect(reports).toHaveLength(2 * COUNT);
  expect(new Set(polled.map(({ mailbox }) => mailbox)).size).toBe(COUNT);
  expect(polled).toHaveLength(COUNT);
  expect([...others].filter((outcome) => outcome !== 'busy' && outcome !== 'not-due')).toEqual([]);
  const rows = await states.readStates(configuration.mailboxes.map(({ name }) => name));
  expect(rows.filter(({ epoch, leaseUntilMs }) => epoch === 1 && leaseUntilMs === 0)).toHaveLength(
    COUNT,
  );
  process.stdout.write(
    `${COUNT} mailboxes, twice: dispatched in ${dispatchedMs - begunMs} ms, polled in ${endedMs - dispatchedMs} ms\n`,
  );
}, 600_000);
