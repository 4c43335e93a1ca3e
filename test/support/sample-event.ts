import type { MailReceived } from '../../mail/contracts/mail-received.ts';

/** A small event; what a test cares about is given. */
export const createSampleEvent = (given: Partial<MailReceived> = {}): MailReceived => ({
  type: 'mail.received',
  version: 1,
  eventId: 'e1-sample',
  mailId: 'm1-sample',
  sameMessageIdAs: null,
  arrival: {
    arrivalId: 'ses-1-abc',
    door: 'ses',
    receivedAt: '2026-11-24T09:00:00.000Z',
    raw: { bucket: 'mail', key: 'raw/ses/1/abc', bytes: 1234 },
  },
  envelope: { sender: 'ann@example.net', recipients: ['support@example.com'], source: 'smtp' },
  headers: [],
  from: [{ name: 'Ann', address: 'ann@example.net' }],
  to: [],
  cc: [],
  subject: 'The printer burns',
  date: null,
  messageId: null,
  inReplyTo: [],
  references: [],
  text: 'Help',
  html: null,
  attachments: [],
  verdicts: { spam: 'PASS', virus: 'PASS', spf: 'PASS', dkim: 'PASS', dmarc: 'PASS' },
  tags: [],
  trace: [
    {
      recipients: ['support@example.com'],
      rules: [],
      decidedBy: { kind: 'rule', rule: 'support' },
    },
  ],
  ...given,
});
