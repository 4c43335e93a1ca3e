/** An SES notification of an S3 action, as the arrivals queue holds it (raw delivery). */
export const createSesNotification = ({
  messageId = 'abc123',
  bucketName = 'mail-bucket',
  recipients = ['support@example.com'],
}: {
  readonly messageId?: string;
  readonly bucketName?: string;
  readonly recipients?: readonly string[];
} = {}) => ({
  notificationType: 'Received',
  mail: {
    timestamp: '2026-11-24T09:00:00.000Z',
    source: 'bounce@sender.example',
    messageId,
    // What SES was told of in the dialogue, other rules' recipients included: not for us.
    destination: [...recipients, 'another-rule@example.org'],
    headersTruncated: false,
  },
  receipt: {
    timestamp: '2026-11-24T09:00:00.000Z',
    processingTimeMillis: 42,
    recipients: [...recipients],
    spamVerdict: { status: 'PASS' },
    virusVerdict: { status: 'PASS' },
    spfVerdict: { status: 'GRAY' },
    dkimVerdict: { status: 'PASS' },
    dmarcVerdict: { status: 'FAIL' },
    dmarcPolicy: 'REJECT',
    action: {
      type: 'S3',
      topicArn: 'arn:aws:sns:us-east-1:000000000000:postroom-test-arrivals',
      bucketName,
      objectKeyPrefix: 'raw/ses/1/',
      objectKey: `raw/ses/1/${messageId}`,
    },
  },
});
