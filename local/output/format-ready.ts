import type { Paint } from './format-event.ts';
import type { ReadyEvent } from './local-event.ts';

/** Writes where a local run can be reached and what to try first. */
export function formatReady(ready: ReadyEvent, paint: Paint): readonly string[] {
  const { smtpPort, awsEndpoint, dynamodbEndpoint, exampleAddress, stateFolder, queues } = ready;
  const smtp = `127.0.0.1:${smtpPort}`;
  return [
    `${paint('bold', 'Postroom')} runs here as environment "${ready.environment}"`,
    '',
    `  SMTP, in place of SES   ${smtp}`,
    `  S3, SQS, SNS            ${awsEndpoint}`,
    `  DynamoDB                ${dynamodbEndpoint}`,
    `  queues                  ${queues.join(', ')}`,
    `  state                   ${stateFolder}/ (--fresh wipes it)`,
    '',
    'Send a mail:',
    '',
    `  ${paint('cyan', `swaks --to ${exampleAddress} --from you@example.org --server ${smtp} --header 'Subject: Hello'`)}`,
    `  ${paint('cyan', `curl smtp://${smtp} --mail-from you@example.org --mail-rcpt ${exampleAddress} --upload-file events/mail/support-question.eml`)}`,
    '',
    `Look into a queue: npx postroom queue ${queues[0] ?? ''}. Change the rules: save postroom.config.ts. End: Ctrl-C.`,
    '',
  ];
}
