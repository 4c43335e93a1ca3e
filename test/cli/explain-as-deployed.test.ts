import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import { explainMail } from '../../cli/explain/explain-mail.ts';
import { createActiveRules } from '../../lambdas/parse-mail/ports.ts';
import { receiveMail } from '../../lambdas/parse-mail/receive-mail.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { mailReceivedSchema } from '../../mail/contracts/mail-received.ts';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import { systemClock } from '../../mail/ports/clock.ts';
import { createMemoryLedger } from '../support/memory-ledger.ts';
import { createMemoryQuarantine } from '../support/memory-quarantine.ts';
import { createMemoryPorts } from '../support/memory-ports.ts';
import { createSampleConfiguration } from '../support/sample-configuration.ts';
import { createSesNotification } from '../support/sample-notification.ts';

const MAIL = Buffer.from(
  'From: Ann <ann@sender.example>\r\nSubject: Two of you\r\nMessage-ID: <1@sender.example>\r\n\r\nHello\r\n',
);
const recipients = ['support@example.com', 'invoices@example.com', 'any@all.example.net'];

describe('explainMail', () => {
  it('gives the events that parse-mail sends for the same mail and envelope', async () => {
    const configuration = parseConfiguration(createSampleConfiguration());
    const body = JSON.stringify(createSesNotification({ recipients }));
    const ports = createMemoryPorts('mail-bucket');
    ports.objects.set('mail-bucket/raw/ses/1/abc123', MAIL);
    await receiveMail(
      body,
      {
        ...ports,
        ledger: createMemoryLedger(systemClock, 90),
        clock: systemClock,
        quarantine: createMemoryQuarantine(),
        mime: createMailparserMimeParser(),
        mailBucket: 'mail-bucket',
      },
      createActiveRules(configuration),
    );
    const deployed = ports.sent.map((sent) => ({
      queue: sent.queue,
      event: mailReceivedSchema.parse(JSON.parse(sent.body)),
    }));
    const verdicts = readArrival(body, 'mail-bucket')?.arrived.verdicts;
    if (verdicts === undefined) throw new Error('the sample announces a mail');

    const { events } = await explainMail(
      { name: 'mail.eml', modifiedAt: new Date(0), source: Readable.from([MAIL]) },
      { sender: 'bounce@sender.example', recipients, verdicts, mailbox: undefined },
      configuration,
    );

    expect(deployed.map(({ queue }) => queue)).toEqual(['support', 'invoices', 'inbox']);
    // Where the mail came from is all that differs.
    expect(events).toEqual(
      deployed.map(({ queue, event }, index) => ({
        queue,
        event: { ...event, arrival: events[index]?.event.arrival },
      })),
    );
  });
});
