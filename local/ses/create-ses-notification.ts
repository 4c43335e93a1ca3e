import { type RawHeaderField, readHeaderValues } from '../../mail/message/header-block.ts';
import type { SesVerdicts } from './parse-verdict-header.ts';
import type { SmtpDialogue } from './write-trace-headers.ts';

/** LIMIT: Amazon SES puts at most this much of the headers into a notification. */
const MAX_HEADER_BYTES = 10 * 1024;

/** A mail that has been stored. */
export interface StoredMail {
  readonly dialogue: SmtpDialogue;
  readonly sesMessageId: string;
  readonly at: Date;
  /** With those that SES puts before the mail. */
  readonly fields: readonly RawHeaderField[];
  readonly verdicts: SesVerdicts;
}

/** Where a receipt rule put it, and for whom. */
export interface StoredFor {
  /** The recipients that the receipt rule matched. */
  readonly recipients: readonly string[];
  readonly bucketName: string;
  readonly objectKeyPrefix: string;
  readonly topicArn: string;
  readonly processingTimeMillis: number;
}

/** As many whole fields as fit, from the first on. */
function cutHeaders(fields: readonly RawHeaderField[]): readonly RawHeaderField[] {
  let bytes = 0;
  const end = fields.findIndex(({ name, value }) => {
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    return bytes > MAX_HEADER_BYTES;
  });
  return end < 0 ? fields : fields.slice(0, end);
}

/**
 * The addresses of a list, split at the commas that stand outside quotes.
 *
 * SECURITY: a quote that nothing closes reaches to the end; given up, it would be tried again at
 * each of the quotes in it.
 */
const splitAddresses = (list: string): readonly string[] =>
  Array.from(list.matchAll(/(?:"(?:[^"\\]|\\[^])*(?:"|\\?$)|[^",])+/g), ([address]) =>
    address.trim(),
  );

function createCommonHeaders(fields: readonly RawHeaderField[], sender: string): object {
  const readFirst = (name: string): string | undefined => readHeaderValues(fields, name)[0];
  const readList = (name: string): readonly string[] | undefined => {
    const list = readFirst(name);
    return list === undefined ? undefined : splitAddresses(list);
  };
  // JSON leaves out what is undefined, as SES leaves out headers that a mail does not have.
  return {
    returnPath: sender,
    from: readList('From'),
    date: readFirst('Date'),
    to: readList('To'),
    cc: readList('Cc'),
    messageId: readFirst('Message-ID'),
    subject: readFirst('Subject'),
  };
}

/**
 * What the topic of an S3 action gets for a mail (Amazon SES Developer Guide, "Contents of
 * notifications for Amazon SES email receiving").
 */
export function createSesNotification(mail: StoredMail, stored: StoredFor): object {
  const { dialogue, sesMessageId, at, fields, verdicts } = mail;
  const { recipients, bucketName, objectKeyPrefix, topicArn, processingTimeMillis } = stored;
  const headers = cutHeaders(fields);
  const timestamp = at.toISOString();
  return {
    notificationType: 'Received',
    mail: {
      timestamp,
      source: dialogue.sender,
      messageId: sesMessageId,
      destination: dialogue.recipients,
      headersTruncated: headers.length < fields.length,
      headers,
      commonHeaders: createCommonHeaders(fields, dialogue.sender),
    },
    receipt: {
      timestamp,
      processingTimeMillis,
      recipients,
      spamVerdict: { status: verdicts.spam },
      virusVerdict: { status: verdicts.virus },
      spfVerdict: { status: verdicts.spf },
      dkimVerdict: { status: verdicts.dkim },
      dmarcVerdict: { status: verdicts.dmarc },
      action: {
        type: 'S3',
        topicArn,
        bucketName,
        objectKeyPrefix,
        objectKey: `${objectKeyPrefix}${sesMessageId}`,
      },
    },
  };
}
