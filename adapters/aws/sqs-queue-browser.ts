import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { askAws } from './ask-aws.ts';

/** A queue as SQS counts it: the numbers are its estimates. */
export interface QueueState {
  readonly url: string;
  readonly ready: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Receives after which the next one sends a message to the dead-letter queue. */
  readonly maxReceives: number | undefined;
}

/** A message that was received. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receives: number;
  readonly sentAtMs: number;
}

/** Looks at queues for a person. */
export interface QueueBrowser {
  /** @returns Undefined when there is no queue of that name. @throws {PeerUnavailableError} */
  readQueue(name: string): Promise<QueueState | undefined>;
  /** Receives up to ten messages, which stay hidden for a while. @throws {PeerUnavailableError} */
  receiveMessages(url: string, options: ReceiveOptions): Promise<readonly ReceivedMessage[]>;
  /** Makes a received message visible again. @throws {PeerUnavailableError} */
  giveBackMessage(url: string, receiptHandle: string): Promise<void>;
  /** @throws {PeerUnavailableError} */
  deleteMessage(url: string, receiptHandle: string): Promise<void>;
}

export interface ReceiveOptions {
  /** 1 to 10. */
  readonly limit: number;
  readonly visibilitySeconds: number;
  /** How long SQS waits for a first message, 0 to 8. */
  readonly waitSeconds: number;
}

const attributesSchema = z.object({
  ApproximateNumberOfMessages: z.coerce.number(),
  ApproximateNumberOfMessagesNotVisible: z.coerce.number(),
  ApproximateNumberOfMessagesDelayed: z.coerce.number(),
  RedrivePolicy: z.string().optional(),
});
const redriveSchema = z.object({ maxReceiveCount: z.coerce.number() });
const messageSchema = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  Attributes: z.object({
    ApproximateReceiveCount: z.coerce.number(),
    SentTimestamp: z.coerce.number(),
  }),
});

function parseMessage(message: Message): ReceivedMessage {
  const { MessageId, ReceiptHandle, Body, Attributes } = messageSchema.parse(message);
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    receives: Attributes.ApproximateReceiveCount,
    sentAtMs: Attributes.SentTimestamp,
  };
}

function parseState(url: string, attributes: unknown): QueueState {
  const parsed = attributesSchema.parse(attributes);
  const redrive =
    parsed.RedrivePolicy === undefined
      ? undefined
      : redriveSchema.parse(JSON.parse(parsed.RedrivePolicy));
  return {
    url,
    ready: parsed.ApproximateNumberOfMessages,
    inFlight: parsed.ApproximateNumberOfMessagesNotVisible,
    delayed: parsed.ApproximateNumberOfMessagesDelayed,
    maxReceives: redrive?.maxReceiveCount,
  };
}

async function findQueueUrl(sqs: SQSClient, name: string): Promise<string | undefined> {
  return askAws('sqs:GetQueueUrl', async () => {
    try {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
      return QueueUrl;
    } catch (error) {
      if (error instanceof QueueDoesNotExist) return undefined;
      throw error;
    }
  });
}

/** A {@link QueueBrowser} over Amazon SQS, or anything that speaks like it. */
export function createSqsQueueBrowser(sqs: SQSClient): QueueBrowser {
  return {
    async readQueue(name) {
      const url = await findQueueUrl(sqs, name);
      if (url === undefined) return undefined;
      const { Attributes } = await askAws('sqs:GetQueueAttributes', () =>
        sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] })),
      );
      return parseState(url, Attributes);
    },
    async receiveMessages(url, { limit, visibilitySeconds, waitSeconds }) {
      const { Messages = [] } = await askAws('sqs:ReceiveMessage', () =>
        sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: limit,
            VisibilityTimeout: visibilitySeconds,
            WaitTimeSeconds: waitSeconds,
            MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
          }),
        ),
      );
      return Messages.map(parseMessage);
    },
    async giveBackMessage(url, receiptHandle) {
      await askAws('sqs:ChangeMessageVisibility', () =>
        sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: url,
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: 0,
          }),
        ),
      );
    },
    async deleteMessage(url, receiptHandle) {
      await askAws('sqs:DeleteMessage', () =>
        sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receiptHandle })),
      );
    },
  };
}
