import * as z from 'zod';
import { SES_RAW_PREFIX } from '../configuration/resource-names.ts';
import { EventError } from '../errors.ts';
import { createSesArrivalId } from '../identity/identities.ts';
import type { ArrivedMail } from './arrived-mail.ts';
import { type SesNotification, sesNotificationSchema } from './ses-notification.ts';
import type { Verdicts } from './verdicts.ts';

/** SES writes an object of this name, and may announce it, when a receipt rule is made. */
const setupNotificationSchema = z.object({
  mail: z.object({ messageId: z.literal('AMAZON_SES_SETUP_NOTIFICATION') }),
});

function parseNotification(json: unknown): SesNotification {
  const result = sesNotificationSchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const member = issue?.path.join('.') ?? '';
  throw new EventError(
    'event-malformed',
    `expected an SES notification of an S3 action; ${member}: ${issue?.message ?? 'invalid'}`,
    { fields: { member } },
  );
}

/**
 * SECURITY: a forged notification must not make us read, or pass on, what is not ours.
 *
 * @returns What names the receipt rule in the key.
 */
function assertOurs({ mail, receipt }: SesNotification, mailBucket: string): string {
  const { bucketName, objectKey } = receipt.action;
  if (bucketName !== mailBucket) {
    throw new EventError('event-not-ours', 'expected the mail bucket, came another bucket');
  }
  const [rule = '', name, ...rest] = objectKey.startsWith(SES_RAW_PREFIX)
    ? objectKey.slice(SES_RAW_PREFIX.length).split('/')
    : [];
  if (!/^\d{1,3}$/.test(rule) || name !== mail.messageId || rest.length > 0) {
    throw new EventError(
      'event-not-ours',
      `expected a key ${SES_RAW_PREFIX}<receipt rule>/<message id>, came another key`,
    );
  }
  return rule;
}

const DMARC_POLICIES = ['none', 'quarantine', 'reject'] as const;

function readVerdicts({ receipt }: SesNotification): Verdicts {
  const dmarcPolicy = DMARC_POLICIES.find(
    (policy) => policy === receipt.dmarcPolicy?.toLowerCase(),
  );
  return {
    spam: receipt.spamVerdict?.status ?? 'DISABLED',
    virus: receipt.virusVerdict?.status ?? 'DISABLED',
    spf: receipt.spfVerdict?.status ?? 'DISABLED',
    dkim: receipt.dkimVerdict?.status ?? 'DISABLED',
    dmarc: receipt.dmarcVerdict?.status ?? 'DISABLED',
    ...(dmarcPolicy === undefined ? {} : { dmarcPolicy }),
  };
}

/**
 * Reads the notification of a mail that SES took.
 *
 * @returns undefined for SES's setup notification, which announces no mail.
 * @throws {EventError} `event-malformed`, or `event-not-ours` for another bucket or key prefix.
 */
export function readSesNotification(json: unknown, mailBucket: string): ArrivedMail | undefined {
  if (setupNotificationSchema.safeParse(json).success) return undefined;
  const notification = parseNotification(json);
  const { mail, receipt } = notification;
  const receiptRule = assertOurs(notification, mailBucket);
  return {
    arrival: {
      arrivalId: createSesArrivalId(receiptRule, mail.messageId),
      door: 'ses',
      receivedAt: new Date(mail.timestamp).toISOString(),
      raw: { bucket: receipt.action.bucketName, key: receipt.action.objectKey },
    },
    envelope: {
      sender: mail.source === '<>' ? '' : (mail.source ?? ''),
      recipients: receipt.recipients,
      source: 'smtp',
    },
    verdicts: readVerdicts(notification),
  };
}
