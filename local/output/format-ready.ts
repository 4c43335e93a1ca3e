import type { Paint } from './format-event.ts';
import type { ReadyEvent } from './local-event.ts';

/** LIMIT: mailboxes that are named in one line. */
const MAX_NAMED = 5;

/** What is polled, and whether it is changed there. */
function formatMailboxes({ mailboxes, isActing }: ReadyEvent): readonly string[] {
  if (mailboxes.length === 0) return [];
  const named = mailboxes.slice(0, MAX_NAMED).join(', ');
  const more = mailboxes.length > MAX_NAMED ? ` and ${mailboxes.length - MAX_NAMED} more` : '';
  const how = isActing
    ? 'marked, moved and deleted as configured'
    : 'read-only; `npm start -- --act` changes them';
  return [`  mailboxes, polled       ${named}${more} (${how})`];
}

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
    ...formatMailboxes(ready),
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
