import { styleText } from 'node:util';
import { fitColumns, toPrintable } from './format-columns.ts';
import type { FailedEvent, LocalEvent, MailEvent, MovedMail, PolledEvent } from './local-event.ts';
import { formatReady } from './format-ready.ts';

type Style = Parameters<typeof styleText>[0];
/** Colours a text, or leaves it. */
export type Paint = (style: Style, text: string) => string;

/** How events are written. */
export interface FormatOptions {
  /** Colours are for people: true on a terminal only. */
  readonly hasColours: boolean;
}

const SUBJECT_COLUMNS = 34;
const ADDRESS_COLUMNS = 26;

/** Paints when asked, whatever the process's own output is. */
export const createPaint =
  ({ hasColours }: FormatOptions): Paint =>
  (style, text) =>
    hasColours ? styleText(style, text, { validateStream: false }) : text;

const writeRecipients = (to: readonly string[]): string => {
  const [first = '', ...others] = to;
  return others.length === 0 ? first : `${first} +${others.length}`;
};

/** `from → to  subject`, in columns. */
const writeMail = ({ from, to, subject }: Pick<MailEvent, 'from' | 'to' | 'subject'>): string =>
  [
    fitColumns(toPrintable(from === '' ? '<>' : from), ADDRESS_COLUMNS),
    '→',
    fitColumns(toPrintable(writeRecipients(to)), ADDRESS_COLUMNS),
    '',
    fitColumns(toPrintable(subject ?? '(no subject)'), SUBJECT_COLUMNS),
  ].join(' ');

function formatMail(mail: MailEvent, paint: Paint): string {
  const isApart = mail.outcome !== 'sent';
  const queue = fitColumns(mail.queue ?? mail.outcome, 14);
  const reason = mail.reason === undefined ? '' : ` (${toPrintable(mail.reason)})`;
  const rule = fitColumns(mail.rule, 18);
  const ms = `${mail.ms} ms`.padStart(8);
  return `${paint(isApart ? 'yellow' : 'green', isApart ? '•' : '✓')} ${writeMail(mail)}  ${paint('cyan', rule)} ${paint(isApart ? 'yellow' : 'bold', queue)} ${paint('dim', ms)}${reason}`;
}

function formatFailed(failed: FailedEvent, paint: Paint): string {
  const { code, attempt, maxAttempts, deadLetterQueue } = failed;
  const next =
    deadLetterQueue === null
      ? `try ${attempt} of ${maxAttempts}, then dead-letter queue`
      : `try ${attempt} of ${maxAttempts}, now in ${deadLetterQueue}`;
  return `${paint('red', '✗')} ${writeMail(failed)}  ${paint('red', code)}: ${next}`;
}

const writeQueues = (queues: readonly string[]): string =>
  queues.length === 0 ? 'nowhere' : queues.join(' and ');

const formatMoved = ({ subject, to, before, now }: MovedMail, paint: Paint): string =>
  `  ${fitColumns(toPrintable(subject ?? '(no subject)'), SUBJECT_COLUMNS)} ${toPrintable(writeRecipients(to))}: ${writeQueues(before)} ${paint('yellow', '→')} ${writeQueues(now)}`;

function formatReloaded(
  event: Extract<LocalEvent, { event: 'reloaded' }>,
  paint: Paint,
): readonly string[] {
  const { createdQueues, checkedMails, moved } = event;
  const created = createdQueues.length === 0 ? '' : `; new queues: ${createdQueues.join(', ')}`;
  const what =
    checkedMails === 0
      ? 'no mail of this run to compare'
      : moved.length === 0
        ? `the last ${checkedMails} mails would go where they went`
        : `of the last ${checkedMails} mails ${moved.length} would now go elsewhere:`;
  return [
    `${paint('cyan', '↻')} postroom.config.ts reloaded${created}; ${what}`,
    ...moved.map((mail) => formatMoved(mail, paint)),
  ];
}

const ofMails = (count: number): string => `${count} mail${count === 1 ? '' : 's'}`;

/** A poll that found nothing new is not worth a line. */
function formatPolled(polled: PolledEvent, paint: Paint): readonly string[] {
  const { mailbox, mails, changed, message } = polled;
  const changes = changed === 0 ? '' : `, ${ofMails(changed)} changed there`;
  return [
    ...(message === null ? [] : [`${paint('red', '✗')} ${mailbox}: ${toPrintable(message)}`]),
    ...(mails + changed === 0
      ? []
      : [`${paint('cyan', '⇣')} ${mailbox} polled: ${ofMails(mails)} came in${changes}`]),
  ];
}

/** Writes an event as lines for a person. */
export function formatEvent(event: LocalEvent, options: FormatOptions): readonly string[] {
  const paint = createPaint(options);
  switch (event.event) {
    case 'ready':
      return formatReady(event, paint);
    case 'mail':
      return [formatMail(event, paint)];
    case 'failed':
      return [formatFailed(event, paint)];
    case 'polled':
      return formatPolled(event, paint);
    case 'reloaded':
      return formatReloaded(event, paint);
    case 'reload-refused':
      return [
        `${paint('red', '✗')} postroom.config.ts not reloaded, the rules before it hold:`,
        ...event.faults.map((fault) => `  ${toPrintable(fault)}`),
      ];
    case 'trouble':
      return [`${paint('red', '✗')} ${toPrintable(event.message)}`];
    case 'samples-checked':
      return event.faults.length === 0
        ? [`${paint('green', '✓')} all ${event.samples} samples are where the rules say`]
        : event.faults.map((fault) => `${paint('red', '✗')} ${toPrintable(fault)}`);
    case 'stopped':
      return ['stopped; what is in the queues is kept'];
  }
}
