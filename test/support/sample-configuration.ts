import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';

/** A small configuration for tests; each call gives one that may be changed. */
export const createSampleConfiguration = (
  changes: Partial<ConfigurationInput> = {},
): ConfigurationInput => ({
  environment: 'test',
  receiving: {
    domains: [
      { domain: 'example.com', addresses: ['support', 'invoices'] },
      { domain: 'all.example.net', catchAll: true },
    ],
  },
  queues: { support: {}, invoices: { type: 'fifo' }, inbox: {} },
  rules: [
    {
      name: 'invoices',
      when: { recipient: { address: 'invoices@example.com' } },
      then: [{ tag: 'money' }, { queue: 'invoices' }],
    },
    {
      name: 'support',
      when: { recipient: { address: ['support@example.com', 'support+*@example.com'] } },
      then: [{ queue: 'support' }],
    },
  ],
  otherwise: { queue: 'inbox' },
  ...changes,
});
