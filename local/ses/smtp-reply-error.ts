/** Something that an SMTP client is told by a reply code; smtp-server reads `responseCode`. */
export class SmtpReplyError extends Error {
  override readonly name = 'SmtpReplyError';
  readonly responseCode: number;

  constructor(responseCode: number, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.responseCode = responseCode;
  }
}
