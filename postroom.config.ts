import { definePostroom } from './mail/configuration/define-postroom.ts';

// POSTROOM_ENV=production npx cdk deploy --all deploys another copy beside this one.
const environment = process.env['POSTROOM_ENV'] ?? 'dev';

export default definePostroom({
  environment,

  receiving: {
    domains: [{ domain: 'example.com', addresses: ['support', 'invoices', 'hello'] }],
  },

  // Your services read these.
  queues: {
    support: {},
    invoices: { type: 'fifo' },
    inbox: {},
  },

  // Tried in order for each recipient; all that match apply, until one says stop.
  rules: [
    {
      name: 'spam',
      when: {
        any: [{ verdict: { spam: 'FAIL' } }, { verdict: { virus: ['FAIL', 'PROCESSING_FAILED'] } }],
      },
      then: [{ quarantine: 'spam or virus' }],
    },
    {
      name: 'invoices',
      when: {
        all: [
          { recipient: { address: 'invoices@example.com' } },
          { attachment: { name: '*.pdf', type: ['application/pdf', 'application/octet-stream'] } },
        ],
      },
      then: [{ tag: 'pdf' }, { queue: 'invoices' }, { stop: true }],
    },
    {
      name: 'support',
      when: { recipient: { address: ['support@example.com', 'support+*@example.com'] } },
      then: [{ queue: 'support' }],
    },
  ],

  otherwise: { queue: 'inbox' },

  // What `cdk destroy` does with mail, queues and logs.
  retention: { rawDays: 90, whenDestroyed: environment === 'dev' ? 'delete' : 'keep' },
});
