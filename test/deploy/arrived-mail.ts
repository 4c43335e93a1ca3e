import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type MailReceived, mailReceivedSchema } from '../../mail/contracts/mail-received.ts';
import { ACCOUNT, REGION } from '../support/local-aws/local-aws-endpoint.ts';
import { waitFor } from '../support/wait-for.ts';

/** A queue's URL as AWS writes it; the client's endpoint decides where it goes. */
export const writeQueueUrl = (name: string): string =>
  `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;

/** Takes the next message out of a queue, waiting until there is one. */
export function takeBody(sqs: SQSClient, queue: string, timeoutMs?: number): Promise<string> {
  const QueueUrl = writeQueueUrl(queue);
  const take = async (): Promise<string | undefined> => {
    const received = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 1 }),
    );
    const [message] = received.Messages ?? [];
    if (message?.Body === undefined) return undefined;
    const { ReceiptHandle } = message;
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return message.Body;
  };
  return waitFor(`a message in ${queue}`, take, timeoutMs);
}

/** Takes the next event out of a deployed queue, as a consumer does: checked by the contract. */
export const takeEvent = async (
  sqs: SQSClient,
  queue: string,
  timeoutMs?: number,
): Promise<MailReceived> =>
  mailReceivedSchema.parse(JSON.parse(await takeBody(sqs, queue, timeoutMs)));

/** Messages in a queue that nobody has taken yet, and those that somebody is at work on. */
export async function countMessages(sqs: SQSClient, queue: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: writeQueueUrl(queue),
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

/**
 * Lets a message fail but twice before it goes to the dead-letter queue: the deployed twelve times,
 * each later than the one before, would take half an hour.
 */
export async function shortenRetries(sqs: SQSClient, queue: string): Promise<void> {
  const QueueUrl = writeQueueUrl(queue);
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
  );
  // SQS's own form.
  const policy = JSON.parse(Attributes.RedrivePolicy ?? '{}') as object;
  const RedrivePolicy = JSON.stringify({ ...policy, maxReceiveCount: 2 });
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl,
      Attributes: { VisibilityTimeout: '1', RedrivePolicy },
    }),
  );
}
