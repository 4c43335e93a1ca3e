import {
  type MailQuarantined,
  mailQuarantinedSchema,
} from '../../mail/contracts/mail-quarantined.ts';
import {
  type MailReceived,
  mailReceivedClaimSchema,
  mailReceivedSchema,
} from '../../mail/contracts/mail-received.ts';
import {
  type MessageQuarantined,
  messageQuarantinedSchema,
} from '../../mail/contracts/message-quarantined.ts';
import { sesNotificationSchema } from '../../mail/contracts/ses-notification.ts';
import { describeDecider } from '../describe-decider.ts';
import {
  formatBytes,
  formatCount,
  showForeignText,
  styleFaint,
  styleMark,
  styleStrong,
} from '../output/style.ts';
import type { QueueDepth, WaitingMessage } from './queue-source.ts';

const COLUMN_WIDTH = 10;
const MAX_RAW_CHARACTERS = 200;

function formatDepth(queue: string, depth: QueueDepth | undefined, width: number): string {
  const name = queue.padEnd(width);
  if (depth === undefined) return `${name}  ${styleMark('wrong')} not there`;
  const counts = [depth.ready, depth.inFlight, depth.dead].map((count) =>
    String(count).padStart(COLUMN_WIDTH),
  );
  return `${name}${counts.join('')}${depth.dead > 0 ? `  ${styleMark('wrong')}` : ''}`;
}

/** A line for each queue, with what waits, what is being worked on and what is dead. */
export function formatDepths(
  depths: ReadonlyMap<string, QueueDepth | undefined>,
): readonly string[] {
  const width = Math.max(...Array.from(depths.keys(), (queue) => queue.length), 'queue'.length);
  const titles = ['ready', 'in flight', 'dead'].map((title) => title.padStart(COLUMN_WIDTH));
  return [
    styleFaint(`${'queue'.padEnd(width)}${titles.join('')}`),
    ...Array.from(depths, ([queue, depth]) => formatDepth(queue, depth, width)),
  ];
}

const describeReasons = ({ trace }: MailReceived): string =>
  `by ${trace.map(({ decidedBy }) => describeDecider(decidedBy)).join(', ')}`;

const describeQuarantined = ({
  envelope,
  subject,
  reason,
  code,
  eventId,
}: MailQuarantined): readonly string[] => [
  `in quarantine: ${subject ?? '(no subject)'}`,
  `${envelope.sender || '<>'} → ${envelope.recipients.join(', ')}`,
  `for "${reason}" (${code})`,
  eventId,
];

const describeHeldMessage = ({
  queue,
  objects,
  reason,
  code,
  heldId,
  eventId,
}: MessageQuarantined): readonly string[] => [
  `in quarantine: a message of the queue ${queue}`,
  ...objects.map(({ bucket, key }) => `s3://${bucket}/${key}`),
  `for "${reason}" (${code}), ${heldId}`,
  eventId,
];

function describeEvent(event: MailReceived): readonly string[] {
  const { envelope, subject, tags, attachments, arrival } = event;
  const details = [
    describeReasons(event),
    ...(tags.length === 0 ? [] : [`tagged ${tags.join(', ')}`]),
    ...(attachments.length === 0 ? [] : [formatCount(attachments.length, 'attachment')]),
    formatBytes(arrival.raw.bytes),
  ];
  return [
    subject ?? '(no subject)',
    `${envelope.sender || '<>'} → ${envelope.recipients.join(', ')}`,
    details.join(', '),
    event.eventId,
  ];
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Not every message in a queue is ours: it is shown as it is.
    return undefined;
  }
}

/** What a message is, then what it says: as it came, not yet fit for a terminal. */
function describeBody(body: string): readonly string[] {
  const json = parseJson(body);
  const event = mailReceivedSchema.safeParse(json);
  if (event.success) return describeEvent(event.data);
  const held = mailQuarantinedSchema.safeParse(json);
  if (held.success) return describeQuarantined(held.data);
  const message = messageQuarantinedSchema.safeParse(json);
  if (message.success) return describeHeldMessage(message.data);
  const claim = mailReceivedClaimSchema.safeParse(json);
  if (claim.success) {
    const { bucket, key, bytes } = claim.data.event;
    return ['a claim check', `${formatBytes(bytes)} at s3://${bucket}/${key}`, claim.data.eventId];
  }
  const notification = sesNotificationSchema.safeParse(json);
  if (notification.success) {
    const { mail, receipt } = notification.data;
    return [
      'a mail that SES announced',
      `${mail.source ?? '<>'} → ${receipt.recipients.join(', ')}`,
      `s3://${receipt.action.bucketName}/${receipt.action.objectKey}`,
    ];
  }
  return ['no event of Postroom', body.slice(0, MAX_RAW_CHARACTERS).toWellFormed()];
}

/**
 * A few lines for a message: what it is, for whom, why it is there.
 *
 * SECURITY: anyone may have put it into the queue, so nothing of it is shown as it came.
 */
export function formatMessage({ body, receives, sentAtMs }: WaitingMessage): readonly string[] {
  const [title = '', ...lines] = describeBody(body).map(showForeignText);
  const history = `${new Date(sentAtMs).toISOString()}, ${receives === 0 ? 'never received' : `received ${formatCount(receives, 'time')}`}`;
  return [styleStrong(title), ...lines.map((line) => `  ${line}`), `  ${styleFaint(history)}`];
}

/** A message as one line of JSON: the event itself. */
export function formatMessageJson({ body }: WaitingMessage): string {
  return JSON.stringify(parseJson(body) ?? body);
}
