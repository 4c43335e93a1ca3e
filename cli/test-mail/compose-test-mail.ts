/** What a test mail says. */
export interface TestMail {
  readonly sender: string;
  readonly recipient: string;
  /** Unique; the mail is known by it, since SES replaces Message-ID and Date. */
  readonly token: string;
  readonly sentAt: Date;
}

/** The date and time of a header (RFC 5322 section 3.3). */
const formatDate = (date: Date): string => date.toUTCString().replace('GMT', '+0000');

/** The subject by which a test mail is known again. */
export const testSubject = (token: string): string => `Postroom test ${token}`;

/** Composes the mail that `postroom test-mail` sends. */
export function composeTestMail({ sender, recipient, token, sentAt }: TestMail): Uint8Array {
  return Buffer.from(
    [
      `From: Postroom <${sender}>`,
      `To: ${recipient}`,
      `Subject: ${testSubject(token)}`,
      `Date: ${formatDate(sentAt)}`,
      `Message-ID: <${token}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'Sent by `postroom test-mail` to see whether mail reaches its queue.',
      '',
    ].join('\r\n'),
  );
}
