import type { Readable } from 'node:stream';
import { acceptMail, type AcceptMailOptions } from '../ses/accept-mail.ts';
import { MailTooLargeError } from '../ses/create-mail-stamper.ts';
import { VerdictHeaderError } from '../ses/parse-verdict-header.ts';
import { SmtpReplyError } from '../ses/smtp-reply-error.ts';
import type { SmtpDialogue } from '../ses/write-trace-headers.ts';
import { isDiskFull } from './describe-start-failure.ts';

export interface TakeMailOptions extends AcceptMailOptions {
  /** What kept the emulators from storing something since this was last asked. */
  readonly takeStorageFault: () => unknown;
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
    // The emulator's own error says more than the answer that it gave.
    const fault = options.takeStorageFault() ?? error;
    options.onTrouble(fault);
    if (isDiskFull(fault)) throw new SmtpReplyError(452, 'The disk is full; try again later');
    throw new SmtpReplyError(451, 'The mail could not be stored; try again later');
  }
}
