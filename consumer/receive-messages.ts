import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** A queue that is read. */
export interface QueueReader {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /**
   * `empty`: until a receive brings nothing, as a job that runs now and then wants it. A signal:
   * until it fires, as a service wants it.
   */
  readonly until: 'empty' | AbortSignal;
}

/** A message that was received and is hidden from others for a while. */
export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** FIFO queues: messages of one group must be handled in their order. */
  readonly groupId: string | undefined;
  /** How often it was received, this time included. */
  readonly receives: number;
}

/** Long polling asks all servers of the queue: an empty answer means that it is empty. */
const DRAIN_WAIT_SECONDS = 1;
/** The longest that SQS knows, and the cheapest. */
const SERVICE_WAIT_SECONDS = 20;

const readMessage = ({ MessageId, ReceiptHandle, Body, Attributes }: Message): QueueMessage => ({
  messageId: MessageId ?? '',
  receiptHandle: ReceiptHandle ?? '',
  body: Body ?? '',
  groupId: Attributes?.MessageGroupId,
  receives: Number(Attributes?.ApproximateReceiveCount),
});

async function receiveBatch(
  { sqs, queueUrl, until }: QueueReader,
  signal: AbortSignal | undefined,
): Promise<readonly QueueMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: until === 'empty' ? DRAIN_WAIT_SECONDS : SERVICE_WAIT_SECONDS,
    MessageSystemAttributeNames: ['MessageGroupId', 'ApproximateReceiveCount'],
  });
  try {
    const { Messages = [] } = await sqs.send(
      command,
      signal === undefined ? {} : { abortSignal: signal },
    );
    return Messages.map(readMessage);
  } catch (error) {
    if (signal?.aborted === true) return [];
    throw error;
  }
}

/** Receives up to ten messages at a time, the next when the last were handled. */
export async function* receiveMessages(
  queue: QueueReader,
): AsyncGenerator<readonly QueueMessage[]> {
  const signal = queue.until === 'empty' ? undefined : queue.until;
  while (signal?.aborted !== true) {
    const messages = await receiveBatch(queue, signal);
    if (messages.length > 0) yield messages;
    else if (signal === undefined) return;
  }
}

/** Takes a message out of its queue for good. */
export async function deleteMessage(
  { sqs, queueUrl }: QueueReader,
  { receiptHandle }: QueueMessage,
): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
}
