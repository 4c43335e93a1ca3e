import type { Readable } from 'node:stream';
import { acceptMail, type AcceptMailOptions } from '../ses/accept-mail.ts';
import { MailTooLargeError } from '../ses/create-mail-stamper.ts';
import { VerdictHeaderError } from '../ses/parse-verdict-header.ts';
import { SmtpReplyError } from '../ses/smtp-reply-error.ts';
import type { SmtpDialogue } from '../ses/write-trace-headers.ts';

export interface TakeMailOptions extends AcceptMailOptions {
  /** The disk has no room: asked when a mail could not be stored. */
  readonly isDiskFull: () => boolean;
  /** Told of what is no fault of the mail's. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Accepts a mail and words what stands in the way for the SMTP client.
 *
 * @returns The message id that SES would give it.
 * @throws {SmtpReplyError}
 */
export async function takeMail(
  source: Readable,
  dialogue: SmtpDialogue,
  options: TakeMailOptions,
): Promise<string> {
  try {
    return await acceptMail(source, dialogue, options);
  } catch (error) {
    // The client went away before the end of its mail; nothing was promised to it.
    if (source.errored !== null) throw new SmtpReplyError(451, 'Connection lost', { cause: error });
    if (error instanceof MailTooLargeError) throw new SmtpReplyError(552, error.message);
    if (error instanceof VerdictHeaderError) throw new SmtpReplyError(554, error.message);
    options.onTrouble(error);
    if (options.isDiskFull()) throw new SmtpReplyError(452, 'The disk is full; try again later');
    throw new SmtpReplyError(451, 'The mail could not be stored; try again later');
  }
}
