import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { ParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import type { EventSender } from '../../mail/ports/ports.ts';
import { callAws } from './call-aws.ts';

export interface SqsEventSenderOptions {
  /** What stands before a queue's name in its URL; ends with `/`. */
  readonly queueUrlBase: string;
  readonly configuration: Pick<ParseMailConfiguration, 'environment' | 'queues'>;
}

/** Sends events to the SQS queues of an environment. */
export const createSqsEventSender = (
  sqs: SQSClient,
  { queueUrlBase, configuration: { environment, queues } }: SqsEventSenderOptions,
): EventSender => ({
  async sendEvent({ queue, eventId, groupId, body }) {
    const type = queues[queue]?.type ?? 'standard';
    const fifo =
      type === 'fifo' ? { MessageGroupId: groupId, MessageDeduplicationId: eventId } : {};
    await callAws('SQS', () =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: `${queueUrlBase}${queueNames(environment, queue, type).name}`,
          MessageBody: body,
          ...fifo,
        }),
      ),
    );
  },
});
