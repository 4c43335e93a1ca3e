import { Readable } from 'node:stream';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { readRawMail } from '../../mail/message/read-raw-mail.ts';
import { compileRules } from '../../mail/rules/compile-rules.ts';
import { decideMail, type MailDecision } from '../../mail/rules/decide-mail.ts';

/** What SES finds in a mail that it sends itself to a domain whose records are right. */
const CLEAN = { spam: 'PASS', virus: 'PASS', spf: 'PASS', dkim: 'PASS', dmarc: 'PASS' } as const;

/** SES writes an envelope sender of its own, to hear of bounces. */
const sesSender = (token: string, region: string): string =>
  `${token}@${region === 'us-east-1' ? 'amazonses.com' : `${region}.amazonses.com`}`;

/** Where the rules send a test mail when it arrives, by the code that is deployed. */
export async function predictDestinations(
  bytes: Uint8Array,
  { recipient, token, region }: { recipient: string; token: string; region: string },
  configuration: Configuration,
): Promise<MailDecision> {
  const read = await readRawMail(Readable.from([bytes]), createMailparserMimeParser(), {
    maxBytes: configuration.limits.mailBytes,
  });
  return decideMail(compileRules(configuration), {
    door: 'ses',
    mailbox: undefined,
    envelope: { sender: sesSender(token, region), recipients: [recipient] },
    mail: read.mail,
    bytes: read.bytes,
    verdicts: CLEAN,
    isReleased: false,
  });
}
