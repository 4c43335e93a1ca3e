import { randomBytes } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import {
  DescribeActiveReceiptRuleSetCommand,
  type ReceiptAction,
  type ReceiptRule,
  type SESClient,
} from '@aws-sdk/client-ses';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import {
  parseHeaderBlock,
  type RawHeaderField,
  readHeaderValues,
} from '../../mail/message/header-block.ts';

/** The clients that play Amazon SES. */
export interface SesPlayers {
  readonly ses: SESClient;
  readonly s3: S3Client;
  readonly sns: SNSClient;
}

/** A mail as it reaches SES over SMTP. */
export interface InjectedMail {
  readonly raw: Buffer;
  readonly sender: string;
  readonly recipients: readonly string[];
  /** Verdicts that are not `PASS`: `{ spamVerdict: 'FAIL' }`. */
  readonly verdicts?: Readonly<Partial<Record<VerdictName, string>>>;
}

/** What SES did with it. */
export interface Injection {
  readonly messageId: string;
  /** Objects written, one for each S3 action that ran. Empty when no rule wanted the mail. */
  readonly objects: readonly {
    readonly rule: string;
    readonly bucket: string;
    readonly key: string;
  }[];
}

const VERDICT_NAMES = [
  'spamVerdict',
  'virusVerdict',
  'spfVerdict',
  'dkimVerdict',
  'dmarcVerdict',
] as const;
type VerdictName = (typeof VERDICT_NAMES)[number];

/** A recipient condition is a domain, `.domain` for its subdomains, or an address with any tag. */
function matchesCondition(condition: string, recipient: string): boolean {
  const wanted = condition.toLowerCase();
  const address = recipient.toLowerCase();
  if (wanted.startsWith('.')) return address.endsWith(wanted);
  if (!wanted.includes('@')) return address.endsWith(`@${wanted}`);
  return address === wanted || address.replace(/\+[^@]*@/, '@') === wanted;
}

/** A rule without conditions takes everything. */
const findMatched = (rule: ReceiptRule, recipients: readonly string[]): readonly string[] => {
  const conditions = rule.Recipients ?? [];
  return recipients.filter(
    (recipient) =>
      conditions.length === 0 ||
      conditions.some((condition) => matchesCondition(condition, recipient)),
  );
};

const readHeaders = (raw: Buffer): readonly RawHeaderField[] =>
  parseHeaderBlock(raw.toString('latin1').split(/\r?\n\r?\n/, 1)[0] ?? '');

/** A mail for the recipients that a rule matched. */
interface Delivery {
  readonly mail: InjectedMail;
  readonly messageId: string;
  readonly matched: readonly string[];
}

/** The notification of the S3 action, as the Amazon SES Developer Guide shows it. */
function writeNotification(
  { mail, messageId, matched }: Delivery,
  action: Readonly<Record<string, string>>,
): string {
  const { raw, sender, recipients, verdicts = {} } = mail;
  const timestamp = new Date().toISOString();
  const headers = readHeaders(raw);
  const findHeader = (name: string): string | undefined => readHeaderValues(headers, name)[0];
  return JSON.stringify({
    notificationType: 'Received',
    mail: {
      timestamp,
      source: sender,
      messageId,
      destination: recipients,
      headersTruncated: false,
      headers,
      commonHeaders: {
        returnPath: sender,
        from: [findHeader('from')],
        to: [findHeader('to')],
        subject: findHeader('subject'),
        messageId: findHeader('message-id'),
        date: findHeader('date'),
      },
    },
    receipt: {
      timestamp,
      processingTimeMillis: 42,
      recipients: matched,
      ...Object.fromEntries(
        VERDICT_NAMES.map((name) => [name, { status: verdicts[name] ?? 'PASS' }]),
      ),
      action,
    },
  });
}

async function runS3Action(
  { s3, sns }: SesPlayers,
  { S3Action: settings }: ReceiptAction,
  delivery: Delivery,
): Promise<{ readonly bucket: string; readonly key: string }> {
  if (settings?.BucketName === undefined) {
    throw new Error('expected receipt rules with S3 and stop actions only');
  }
  const bucket = settings.BucketName;
  const objectKeyPrefix = settings.ObjectKeyPrefix ?? '';
  const key = `${objectKeyPrefix}${delivery.messageId}`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: delivery.mail.raw }));
  if (settings.TopicArn !== undefined) {
    const action = { type: 'S3', topicArn: settings.TopicArn, bucketName: bucket, objectKeyPrefix };
    await sns.send(
      new PublishCommand({
        TopicArn: settings.TopicArn,
        Subject: 'Amazon SES Email Receipt Notification',
        Message: writeNotification(delivery, { ...action, objectKey: key }),
      }),
    );
  }
  return { bucket, key };
}

/**
 * Runs the endpoint's active rule set over a mail, the way Amazon SES does when a mail comes in:
 * each enabled rule in order, for the recipients that it matches, until one stops.
 *
 * It shows that rules, activation and everything behind them fit together; SES itself is not there.
 */
export async function injectMail(players: SesPlayers, mail: InjectedMail): Promise<Injection> {
  const active = await players.ses.send(new DescribeActiveReceiptRuleSetCommand({}));
  const messageId = randomBytes(20).toString('hex');
  const objects: Injection['objects'][number][] = [];
  for (const rule of active.Rules ?? []) {
    const matched = findMatched(rule, mail.recipients);
    if (rule.Enabled !== true || matched.length === 0) continue;
    for (const action of rule.Actions ?? []) {
      if (action.StopAction !== undefined) return { messageId, objects };
      const object = await runS3Action(players, action, { mail, messageId, matched });
      objects.push({ rule: rule.Name ?? '', ...object });
    }
  }
  return { messageId, objects };
}
