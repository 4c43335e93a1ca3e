import { definePostroom } from '../../mail/configuration/define-postroom.ts';

export default definePostroom({
  environment: process.env['POSTROOM_ENV'] ?? 'dev',
  receiving: { domains: [{ domain: 'example.com', addresses: ['hello'] }] },

  mailboxes: [
    {
      // What newsletters have as envelope sender and in List-Unsubscribe.
      name: 'bounces',
      address: 'bounces@example.com',
      provider: 'fastmail',
      secret: 'postroom/mailboxes',
      // Spam filters take many a bounce for spam.
      folders: ['INBOX', '\\Junk'],
      afterwards: 'mark-seen',
    },
  ],

  queues: { feedback: {}, inbox: {} },

  // Bounces, requests to unsubscribe and what looks like neither: the consumer counts all three, so
  // that mail which is not understood is seen in its numbers.
  rules: [
    {
      name: 'feedback',
      when: { mailbox: 'bounces' },
      then: [{ queue: 'feedback' }, { stop: true }],
    },
  ],
  otherwise: { queue: 'inbox' },
});
