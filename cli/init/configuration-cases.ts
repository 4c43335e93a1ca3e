/** What a team wants of its mail, for which `postroom init` has a configuration. */
export const CASES = ['support-desk', 'invoices', 'catch-all'] as const;
export type ConfigurationCase = (typeof CASES)[number];

/** The part of a configuration in which the cases differ, as source text. */
export interface CaseSource {
  /** For a person who chooses. */
  readonly summary: string;
  /** Members of the domain beside its name. */
  readonly domain: string;
  readonly queues: string;
  readonly rules: string;
  readonly otherwise: string;
}

const SPAM_RULE = `
    {
      // Amazon SES scans; what it could not scan for viruses is not read as clean.
      name: 'spam',
      when: {
        any: [{ verdict: { spam: 'FAIL' } }, { verdict: { virus: ['FAIL', 'PROCESSING_FAILED'] } }],
      },
      then: [{ quarantine: 'spam or virus' }],
    },`;

const SUPPORT_DESK: CaseSource = {
  summary: 'Support desk: mail to support@ becomes tickets, urgent ones in a queue of their own',
  domain: `
        // Mail to support@ and support+anything@; to any other address it goes to quarantine.
        addresses: ['support', 'hello'],`,
  queues: `
    // fifo keeps the order of one sender's mails; consumers read the queue postroom-<environment>-tickets.fifo.
    tickets: { type: 'fifo' },
    urgent: {},`,
  rules: `${SPAM_RULE}
    {
      // Out-of-office replies and bounces open no ticket.
      name: 'automatic',
      when: {
        any: [
          { sender: { address: '<>' } },
          { header: { name: 'Auto-Submitted', value: { regex: '^auto-' } } },
        ],
      },
      then: [{ drop: 'sent by a machine' }],
    },
    {
      // A plus-tag, as in support+urgent@, or a word in the subject.
      name: 'urgent',
      when: {
        any: [
          { recipient: { tag: 'urgent' } },
          { subject: { regex: '\\\\b(urgent|down|outage)\\\\b' } },
        ],
      },
      then: [{ tag: 'urgent' }, { queue: 'urgent' }, { stop: true }],
    },`,
  otherwise: `{ queue: 'tickets' }`,
};

const INVOICES: CaseSource = {
  summary: 'Invoices: PDFs sent to invoices@ go to accounting, the rest to people',
  domain: `
        // Mail to invoices@ and invoices+anything@; to any other address it goes to quarantine.
        addresses: ['invoices'],`,
  queues: `
    // fifo drops repeats for five minutes; consumers read the queue postroom-<environment>-accounting.fifo.
    accounting: { type: 'fifo' },
    // For people: mail without an invoice in it.
    questions: {},`,
  rules: `${SPAM_RULE}
    {
      // Anyone can write a From header: DMARC tells whether its domain stands behind it.
      name: 'forged',
      when: { verdict: { dmarc: 'FAIL' } },
      then: [{ quarantine: 'the domain of From does not stand behind it' }],
    },
    {
      name: 'invoice',
      when: {
        any: [
          { attachment: { type: 'application/pdf' } },
          // Many programs send a PDF without saying so.
          { attachment: { name: '*.pdf' } },
        ],
      },
      then: [{ tag: 'pdf' }, { queue: 'accounting' }, { stop: true }],
    },`,
  otherwise: `{ queue: 'questions' }`,
};

const CATCH_ALL: CaseSource = {
  summary: 'Catch-all: every address of the domain, one queue',
  domain: `
        // Every address of the domain, also those that nobody has thought of.
        catchAll: true,`,
  queues: `
    // Consumers read the queue postroom-<environment>-inbox.
    inbox: {},`,
  rules: SPAM_RULE,
  otherwise: `{ queue: 'inbox' }`,
};

export const CASE_SOURCES: Readonly<Record<ConfigurationCase, CaseSource>> = {
  'support-desk': SUPPORT_DESK,
  invoices: INVOICES,
  'catch-all': CATCH_ALL,
};
