import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createMailboxFunction,
  type MailboxFunction,
} from '../../bench/metering/mailbox-function.ts';
import { type MeteredRoom, openMeteredRoom } from '../../bench/metering/metered-room.ts';
import { countRequests } from '../../bench/metering/request-meter.ts';
import { createSampleMail } from '../../bench/metering/sample-mails.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { createSampleConfiguration } from '../support/sample-configuration.ts';
import { SAMPLE_SERVER_MAILBOX } from '../support/sample-mailbox.ts';

const WAKE_UP = {
  'dispatch-polls SQS SendMessageBatch': 1,
  'event source SQS ReceiveMessage': 1,
  'event source SQS DeleteMessage': 1,
};
/** What POP3 takes more: the list of mails that are known, and the row that stands in for it. */
const ONCE = {
  imap: {},
  pop3: {
    'poll-mailbox S3 GetObject': 1,
    'poll-mailbox S3 PutObject': 11,
    'poll-mailbox S3 DeleteObject': 1,
    'poll-mailbox DynamoDB UpdateItem': 14,
  },
};

// As in requests-of-a-mail: whoever raises one of these numbers raises every team's bill.
describe.each(['imap', 'pop3'] as const)('what AWS bills for a poll by %s', (protocol) => {
  let room: MeteredRoom;
  let mailbox: MailboxFunction;
  let mails = 0;
  const poll = async (count: number) => {
    for (let left = count; left > 0; left -= 1) mailbox.deliver(createSampleMail((mails += 1)));
    room.meter.requests.length = 0;
    await mailbox.poll();
    return countRequests(room.meter.requests);
  };
  beforeAll(async () => {
    const mailboxes = [{ ...SAMPLE_SERVER_MAILBOX, protocol, begin: 'everything' as const }];
    const configuration = parseConfiguration(createSampleConfiguration({ mailboxes }));
    room = await openMeteredRoom(configuration);
    mailbox = createMailboxFunction(room, configuration);
    // The first poll writes down where the mailbox begins.
    await poll(1);
  });
  afterAll(async () => {
    mailbox.close();
    await room.close();
  });

  it('that finds nothing is its wake-up, and its row taken and given back', async () => {
    expect(await poll(0)).toEqual({ ...WAKE_UP, 'poll-mailbox DynamoDB UpdateItem': 2 });
  });

  it('that finds ten mails is an object and a row each, and the rest once', async () => {
    expect(await poll(10)).toEqual({
      ...WAKE_UP,
      'poll-mailbox S3 PutObject': 10,
      'poll-mailbox SQS SendMessageBatch': 1,
      'poll-mailbox DynamoDB UpdateItem': 13,
      'poll-mailbox DynamoDB BatchWriteItem': 1,
      ...ONCE[protocol],
    });
    const rows = room.meter.requests.find(({ operation }) => operation === 'BatchWriteItem');
    expect(rows?.units).toBe(10);
  });
});
