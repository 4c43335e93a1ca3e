import { definePostroom } from '../../mail/configuration/define-postroom.ts';

export default definePostroom({
  environment: process.env['POSTROOM_ENV'] ?? 'dev',
  receiving: { domains: [{ domain: 'example.com', addresses: ['hello'] }] },

  mailboxes: [
    {
      name: 'support',
      address: 'support@example.com',
      provider: 'fastmail',
      secret: 'postroom/mailboxes',
      // The answers are in the second one: without them everything would be unanswered.
      folders: ['INBOX', '\\Sent'],
    },
  ],

  queues: { support: {}, 'support-summary': {}, inbox: {} },

  rules: [
    {
      name: 'summary',
      when: { mailbox: 'support' },
      then: [{ queue: 'support-summary' }],
    },
    {
      // What a ticket system reads, beside the summary.
      name: 'tickets',
      when: {
        all: [{ mailbox: 'support' }, { not: { headerFrom: { address: 'support@example.com' } } }],
      },
      then: [{ queue: 'support' }],
    },
  ],
  otherwise: { queue: 'inbox' },
});
