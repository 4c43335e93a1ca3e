import type { Readable, Transform } from 'node:stream';
import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { Upload } from '@aws-sdk/lib-storage';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { RawHeaderField } from '../../mail/message/header-block.ts';
import type { LocalClients } from '../emulators/create-clients.ts';
import { localMailBucket, localTopicArn } from '../queues/create-resources.ts';
import { createMailStamper } from './create-mail-stamper.ts';
import { createSesMessageId } from './create-ses-message-id.ts';
import { createSesNotification, type StoredMail } from './create-ses-notification.ts';
import { type MatchedRule, matchReceiptRules } from './match-receipt-rules.ts';
import { parseVerdictHeader } from './parse-verdict-header.ts';
import { type SmtpDialogue, writeTraceHeaders } from './write-trace-headers.ts';

/** LIMIT: bytes of a mail that are held at once, the least part that S3 takes. */
const PART_BYTES = 5 * 1024 * 1024;

/** What accepting a mail needs. */
export interface AcceptMailOptions {
  readonly clients: LocalClients;
  readonly configuration: Configuration;
  /** Largest mail, in bytes. */
  readonly maxBytes: number;
}

interface Placement {
  readonly clients: LocalClients;
  readonly bucket: string;
  readonly sesMessageId: string;
}

const keyOf = ({ rule }: MatchedRule, sesMessageId: string): string =>
  `${rule.objectKeyPrefix}${sesMessageId}`;

/** Streams the mail into the first rule's object and copies it for the others. */
async function storeMail(
  body: Readable,
  [first, ...others]: readonly MatchedRule[],
  { clients, bucket, sesMessageId }: Placement,
): Promise<void> {
  if (first === undefined) throw new Error('expected a recipient at a domain that is received');
  const key = keyOf(first, sesMessageId);
  await new Upload({
    client: clients.s3,
    params: { Bucket: bucket, Key: key, Body: body },
    partSize: PART_BYTES,
    queueSize: 1,
  }).done();
  for (const other of others) {
    await clients.s3.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: keyOf(other, sesMessageId),
        CopySource: `${bucket}/${key}`,
      }),
    );
  }
}

/**
 * Pipes a mail as an SMTP client sends it: it listens only when it has sent everything, so the
 * source is read to its end also when nobody wants the rest.
 */
function pipeDraining(source: Readable, target: Transform): void {
  source.once('error', (error) => target.destroy(error));
  target.once('error', () => {
    source.resume();
  });
  target.once('close', () => {
    source.unpipe(target);
    source.resume();
  });
  source.pipe(target);
}

async function announceMail(
  mail: StoredMail,
  { rule, recipients }: MatchedRule,
  { clients, configuration }: AcceptMailOptions,
): Promise<void> {
  const topicArn = localTopicArn(configuration.environment);
  const notification = createSesNotification(mail, {
    recipients,
    topicArn,
    bucketName: localMailBucket(configuration.environment),
    objectKeyPrefix: rule.objectKeyPrefix,
    processingTimeMillis: Date.now() - mail.at.getTime(),
  });
  await clients.sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: 'Amazon SES Email Receipt Notification',
      Message: JSON.stringify(notification),
    }),
  );
}

/**
 * Takes a mail as the deployed receipt rules do: its bytes to S3, then a notification for each
 * rule that one of its recipients matches. When it returns, both are on disk.
 *
 * @returns The message id that SES would give it.
 * @throws {MailTooLargeError} When it has more than `maxBytes`; nothing is kept of it then.
 * @throws {VerdictHeaderError} When it asks for a verdict that SES does not have.
 */
export async function acceptMail(
  source: Readable,
  dialogue: SmtpDialogue,
  options: AcceptMailOptions,
): Promise<string> {
  const { clients, configuration, maxBytes } = options;
  const stamp = { sesMessageId: createSesMessageId(), at: new Date() };
  const { sesMessageId } = stamp;
  const matched = matchReceiptRules(configuration, dialogue.recipients);
  const writeStamp = (fields: readonly RawHeaderField[]): string =>
    writeTraceHeaders(dialogue, stamp, parseVerdictHeader(fields));
  const { stream, readFields } = createMailStamper({ maxBytes }, writeStamp);
  const bucket = localMailBucket(configuration.environment);
  pipeDraining(source, stream);
  try {
    await storeMail(stream, matched, { clients, bucket, sesMessageId });
  } finally {
    stream.destroy();
  }
  const fields = readFields();
  const mail = { dialogue, ...stamp, fields, verdicts: parseVerdictHeader(fields) };
  for (const rule of matched) await announceMail(mail, rule, options);
  return sesMessageId;
}
