import { SAMPLE_HEADERS, writeMail } from '../support/sample-mail.ts';

/** A mail as it is handed to SES. */
export interface SentMail {
  /** What it says: mails that say the same are one mail. */
  readonly content: string;
  readonly recipients: readonly string[];
  readonly raw: string;
  /** Whether SES tells of it a second time. */
  readonly isToldTwice: boolean;
}

const RECIPIENTS = ['support@example.com', 'invoices@example.com', 'any@all.example.net'];
/** How often a mail is one that was there before, to the same recipients or to others. */
const SAME_CONTENT_SHARE = 0.1;
const TOLD_TWICE_SHARE = 0.05;
/** How far back a repeat reaches: some wait in the queue beside the first, some come long after. */
const REPEAT_WITHIN = 500;

const writeContent = (content: string): string =>
  writeMail(
    { ...SAMPLE_HEADERS, Subject: content, 'Message-ID': `<${content}@sender.example>` },
    `This is ${content}.\r\n`,
  );

function chooseRecipients(random: () => number): readonly string[] {
  const chosen = RECIPIENTS.filter(() => random() < 0.4);
  return chosen.length > 0 ? chosen : RECIPIENTS.slice(0, 1);
}

/** So many mails, the same ones for the same random numbers. */
export function* createTraffic(mails: number, random: () => number): Generator<SentMail> {
  for (let index = 0; index < mails; index += 1) {
    const isRepeat = index > 0 && random() < SAME_CONTENT_SHARE;
    const back = isRepeat ? 1 + Math.floor(random() * Math.min(index, REPEAT_WITHIN)) : 0;
    const content = `mail-${index - back}`;
    yield {
      content,
      recipients: chooseRecipients(random),
      raw: writeContent(content),
      isToldTwice: random() < TOLD_TWICE_SHARE,
    };
  }
}
