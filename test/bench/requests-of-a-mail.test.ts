import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fillTable } from '../../bench/growth/fill-table.ts';
import { type MeteredRoom, openMeteredRoom } from '../../bench/metering/metered-room.ts';
import { countRequests } from '../../bench/metering/request-meter.ts';
import { createSampleMail } from '../../bench/metering/sample-mails.ts';
import { createLocalDynamodb } from '../../local/emulators/create-clients.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { createSampleConfiguration } from '../support/sample-configuration.ts';

// Work is counted here, not timed: whoever raises one of these numbers raises every team's bill,
// and says so by changing it.
describe('what AWS bills', () => {
  let room: MeteredRoom;
  let mails = 0;
  const accept = async (count: number, recipients: readonly string[] = ['support@example.com']) => {
    for (let left = count; left > 0; left -= 1) {
      mails += 1;
      await room.doors.ses(createSampleMail(mails), recipients);
    }
  };
  const sumUnits = (...operations: readonly string[]): number =>
    room.meter.requests
      .filter(({ operation }) => operations.includes(operation))
      .reduce((sum, { units }) => sum + units, 0);

  beforeAll(async () => {
    room = await openMeteredRoom(parseConfiguration(createSampleConfiguration()));
  });
  beforeEach(() => {
    room.meter.requests.length = 0;
  });
  afterAll(() => room.close());

  it('for ten usual mails is five writes each, and one more for the batch', async () => {
    await accept(10);
    await room.handleArrivals(10);
    expect(countRequests(room.meter.requests)).toEqual({
      'SES S3 PutObject': 10,
      'SES SNS Publish': 10,
      'S3 SQS SendMessage': 10,
      'event source SQS ReceiveMessage': 1,
      'event source SQS DeleteMessageBatch': 1,
      'parse-mail S3 GetObject': 10,
      'parse-mail DynamoDB UpdateItem': 41,
      'parse-mail DynamoDB PutItem': 10,
      'parse-mail DynamoDB Query': 10,
      'parse-mail SQS SendMessage': 10,
    });
    expect(sumUnits('UpdateItem', 'PutItem')).toBe(51);
    expect(sumUnits('Query', 'GetItem')).toBe(5);
  });

  it('for one mail alone is the same and its batch', async () => {
    await accept(1);
    await room.handleArrivals(1);
    expect(sumUnits('UpdateItem', 'PutItem')).toBe(6);
    expect(sumUnits('ReceiveMessage', 'DeleteMessageBatch')).toBe(2);
  });

  it('for another recipient is one write, and one send for another queue', async () => {
    await accept(1, ['support@example.com', 'support+x@example.com', 'invoices@example.com']);
    await room.handleArrivals(1);
    expect(sumUnits('UpdateItem', 'PutItem')).toBe(8);
    expect(countRequests(room.meter.requests)).toMatchObject({
      'parse-mail SQS SendMessage': 2,
      'parse-mail S3 GetObject': 1,
    });
  });

  it('for a notification that comes again is two writes and one read: neither mail nor send', async () => {
    await accept(1);
    await room.handleArrivals(1);
    room.meter.requests.length = 0;
    await room.handleAgain();
    expect(countRequests(room.meter.requests)).toEqual({
      'parse-mail DynamoDB UpdateItem': 3,
      'parse-mail DynamoDB GetItem': 1,
    });
    expect(sumUnits('UpdateItem')).toBe(3);
    expect(sumUnits('GetItem')).toBe(1);
  });

  it('does not grow with the table, nor with the mails that claim one Message-ID', async () => {
    const dynamodb = createLocalDynamodb(room.dynamodbEndpoint);
    const messageId = '<shared@sender.example>';
    await fillTable(dynamodb, { table: 'postroom-test', from: 0, to: 2_000, messageId });
    dynamodb.destroy();
    await room.doors.ses(`Message-ID: ${messageId}\r\n\r\nHello\r\n`, ['support@example.com']);
    await room.handleArrivals(1);
    expect(sumUnits('UpdateItem', 'PutItem')).toBe(6);
    expect(sumUnits('Query', 'GetItem')).toBeLessThanOrEqual(1);
  });

  it('to make sure that ten mails were announced is half a read each, and the batch', async () => {
    await room.objects.handle('reconcile-arrivals', 10);
    await accept(10);
    await room.handleArrivals(10);
    room.meter.requests.length = 0;
    await room.objects.handle('reconcile-arrivals', 10);
    expect(countRequests(room.meter.requests)).toEqual({
      'event source SQS ReceiveMessage': 1,
      'event source SQS DeleteMessageBatch': 1,
      'reconcile-arrivals DynamoDB GetItem': 10,
    });
    expect(sumUnits('GetItem')).toBe(5);
  });

  it('for a drop is an object more than for a mail by SES', async () => {
    await room.doors.drop(createSampleMail(0), ['support@example.com']);
    await room.objects.handle('enter-drops', 1);
    await room.handleArrivals(1);
    expect(countRequests(room.meter.requests)).toMatchObject({
      'whoever drops S3 PutObject': 1,
      'enter-drops S3 GetObject': 1,
      'enter-drops S3 CopyObject': 1,
      'enter-drops DynamoDB UpdateItem': 1,
      'enter-drops SQS SendMessage': 1,
      'parse-mail S3 GetObject': 1,
      'parse-mail SQS SendMessage': 1,
    });
  });

  it('for a mail whose event is too large for a queue is one object more', async () => {
    const text = 'A long line of text.\r\n'.repeat(5_000);
    await room.doors.ses(`Subject: Long\r\nMessage-ID: <long@x>\r\n\r\n${text}`, [
      'support@example.com',
    ]);
    await room.handleArrivals(1);
    expect(countRequests(room.meter.requests)).toMatchObject({
      'parse-mail S3 PutObject': 1,
      'parse-mail SQS SendMessage': 1,
    });
    expect(room.meter.requests.every(({ service, units }) => service === 'S3' || units <= 1)).toBe(
      true,
    );
  });

  it('reaches one row of the table at a time, whatever comes: no scan, no query without end', async () => {
    const recipients = Array.from({ length: 30 }, (_, index) => `support+${index}@example.com`);
    const claimant = createSampleMail(mails).replace('Your order', 'Not your order');
    await accept(10);
    await room.doors.ses(createSampleMail(mails), ['support@example.com']);
    await room.doors.ses(claimant, recipients);
    await room.doors.drop(createSampleMail(1_000_000), ['support@example.com']);
    await room.objects.handle('enter-drops', 1);
    await room.objects.handle('reconcile-arrivals', 10);
    await room.handleArrivals(10);
    await room.handleAgain();
    const asked = room.meter.requests.filter(({ service }) => service === 'DynamoDB');
    expect(new Set(asked.map(({ by, operation }) => `${by} ${operation}`))).toEqual(
      new Set([
        'enter-drops UpdateItem',
        'reconcile-arrivals GetItem',
        'reconcile-arrivals UpdateItem',
        'parse-mail UpdateItem',
        'parse-mail PutItem',
        'parse-mail Query',
        'parse-mail GetItem',
      ]),
    );
    expect(asked.filter(({ rowsAtMost }) => rowsAtMost !== 1)).toEqual([]);
  });
});
