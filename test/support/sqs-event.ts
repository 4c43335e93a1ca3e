import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';

const createRecord = (body: string, index: number): SQSRecord => ({
  messageId: `message-${index}`,
  receiptHandle: `receipt-${index}`,
  body,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1764000000000',
    SenderId: 'AIDAEXAMPLE',
    ApproximateFirstReceiveTimestamp: '1764000000000',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:postroom-test-arrivals',
  awsRegion: 'us-east-1',
});

/** A batch of the arrivals queue; records are `message-0`, `message-1` and so on. */
export const createSqsEvent = (...bodies: readonly unknown[]): SQSEvent => ({
  Records: bodies.map((body, index) =>
    createRecord(typeof body === 'string' ? body : JSON.stringify(body), index),
  ),
});

/** A batch whose records were received before: this is their so-many-th receive. */
export function createReceivedEvent(receives: number, ...bodies: readonly unknown[]): SQSEvent {
  const event = createSqsEvent(...bodies);
  for (const record of event.Records) {
    record.attributes.ApproximateReceiveCount = String(receives);
  }
  return event;
}

/** A Lambda context with as much time as a test can want. */
export const createContext = (): Context => {
  const context: Omit<Context, 'done' | 'fail' | 'succeed'> = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'parse-mail',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:parse-mail',
    memoryLimitInMB: '512',
    awsRequestId: 'request-1',
    logGroupName: 'group',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => 60_000,
  };
  // The three that are missing are Lambda's old way to answer, which nothing here may use.
  return context as Context;
};
