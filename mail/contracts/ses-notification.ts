import * as z from 'zod';

/** A verdict that SES adds one day must not read as `PASS`. */
const verdict = z
  .object({
    status: z
      .enum(['PASS', 'FAIL', 'GRAY', 'PROCESSING_FAILED', 'DISABLED'])
      .catch('PROCESSING_FAILED'),
  })
  .optional();

/**
 * What the S3 action's topic carries, as far as we rely on it (Amazon SES Developer Guide,
 * "Contents of notifications for Amazon SES email receiving"). Unknown members pass.
 */
export const sesNotificationSchema = z.object({
  notificationType: z.literal('Received'),
  mail: z.object({
    timestamp: z.iso.datetime({ offset: true }),
    /** MAIL FROM; absent or empty for the null sender. */
    source: z.string().optional(),
    messageId: z.string().min(1),
  }),
  receipt: z.object({
    timestamp: z.iso.datetime({ offset: true }),
    /** The envelope recipients that the receipt rule matched; `mail.destination` is not that. */
    recipients: z.array(z.string().min(1)).min(1),
    spamVerdict: verdict,
    virusVerdict: verdict,
    spfVerdict: verdict,
    dkimVerdict: verdict,
    dmarcVerdict: verdict,
    /** On failure only. */
    dmarcPolicy: z.string().optional(),
    action: z.object({
      type: z.literal('S3'),
      bucketName: z.string().min(1),
      objectKey: z.string().min(1),
    }),
  }),
});
export type SesNotification = z.output<typeof sesNotificationSchema>;
