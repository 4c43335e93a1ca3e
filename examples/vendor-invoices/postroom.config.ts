import { definePostroom } from '../../mail/configuration/define-postroom.ts';

/** Whose invoices are taken. */
const VENDORS = ['hartmann-fruit.example', 'northwind-freight.example'];

export default definePostroom({
  environment: process.env['POSTROOM_ENV'] ?? 'dev',
  receiving: { domains: [{ domain: 'example.com', addresses: ['hello'] }] },

  mailboxes: [
    {
      name: 'vendor-invoices',
      address: 'invoices@example.com',
      provider: 'gmail',
      secret: 'postroom/mailboxes',
      // People read this mailbox, too: nothing in it is changed.
      afterwards: 'leave',
    },
  ],

  // In order for each vendor, so that a correction comes behind what it corrects.
  queues: { invoices: { type: 'fifo' }, inbox: {} },

  rules: [
    {
      name: 'invoice of a vendor',
      when: {
        all: [
          { mailbox: 'vendor-invoices' },
          { headerFrom: { domain: VENDORS } },
          { attachment: { name: '*.pdf', type: ['application/pdf', 'application/octet-stream'] } },
        ],
      },
      then: [{ queue: 'invoices' }, { stop: true }],
    },
    {
      name: 'other mail of that mailbox',
      when: { mailbox: 'vendor-invoices' },
      then: [{ drop: 'no invoice of a vendor' }],
    },
  ],
  otherwise: { queue: 'inbox' },
});
