import {
  MailFromDomainNotVerifiedException,
  MessageRejected,
  SendRawEmailCommand,
  type SESClient,
} from '@aws-sdk/client-ses';
import { askAws } from './ask-aws.ts';

/** A composed mail and its envelope. */
export interface RawMail {
  readonly sender: string;
  readonly recipient: string;
  readonly bytes: Uint8Array;
}

/** What SES said to a mail. */
export type SesSendOutcome =
  | { readonly kind: 'sent'; readonly sesMessageId: string }
  /** SES never takes this mail: an identity is not verified, or sending is paused. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Sends a mail through Amazon SES. */
export interface SesMailSender {
  /** @throws {PeerUnavailableError} */
  sendMail(mail: RawMail): Promise<SesSendOutcome>;
}

/** SES words it once for each error; its message names the identities that are missing. */
const readRefusal = (error: unknown): string | undefined =>
  error instanceof MessageRejected || error instanceof MailFromDomainNotVerifiedException
    ? error.message
    : undefined;

/** A {@link SesMailSender} over the v1 API, which is what this project's stacks use. */
export const createSesMailSender = (ses: SESClient): SesMailSender => ({
  sendMail: ({ sender, recipient, bytes }) =>
    askAws('ses:SendRawEmail', async (): Promise<SesSendOutcome> => {
      try {
        const { MessageId = '' } = await ses.send(
          new SendRawEmailCommand({
            Source: sender,
            Destinations: [recipient],
            RawMessage: { Data: bytes },
          }),
        );
        return { kind: 'sent', sesMessageId: MessageId };
      } catch (error) {
        const reason = readRefusal(error);
        if (reason === undefined) throw error;
        return { kind: 'refused', reason };
      }
    }),
});
