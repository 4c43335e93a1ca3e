import { describe, expect, it } from 'vitest';
import type { ConfigurationInput } from '../../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../../mail/configuration/parse-configuration.ts';
import { compileRules } from '../../../mail/rules/compile-rules.ts';
import { decideMail } from '../../../mail/rules/decide-mail.ts';
import type { MailFacts } from '../../../mail/rules/mail-facts.ts';
import type { ConditionInput } from '../../../mail/rules/rule-schema.ts';
import { SAMPLE_MAILBOX } from '../../support/sample-mailbox.ts';
import { createSampleConfiguration } from '../../support/sample-configuration.ts';

const createFacts = (changes: Partial<MailFacts> = {}): MailFacts => ({
  door: 'ses',
  mailbox: undefined,
  envelope: { sender: 'ann@sender.example', recipients: ['support@example.com'] },
  mail: {
    headers: [
      { name: 'Subject', value: 'Printer on fire' },
      { name: 'X-Team', value: 'blue' },
      { name: 'X-Team', value: 'red' },
    ],
    from: [{ name: 'Ann', address: 'Ann@Sender.example' }],
    to: [],
    cc: [],
    subject: 'Printer on fire',
    date: null,
    messageId: null,
    inReplyTo: [],
    references: [],
    text: 'Hello',
    html: null,
    attachments: [
      {
        name: 'photo.JPG',
        type: 'image/jpeg',
        bytes: 900,
        partPath: '2',
        contentId: null,
        disposition: 'attachment',
      },
      {
        name: null,
        type: 'application/pdf',
        bytes: 10,
        partPath: '3',
        contentId: null,
        disposition: 'attachment',
      },
    ],
  },
  bytes: 2000,
  verdicts: { spam: 'PASS', virus: 'PROCESSING_FAILED', spf: 'GRAY', dkim: 'PASS', dmarc: 'FAIL' },
  isReleased: false,
  ...changes,
});

const decide = (configuration: ConfigurationInput, facts = createFacts()) =>
  decideMail(compileRules(parseConfiguration(configuration)), facts);

/** Whether one rule with this condition matches the sample mail. */
function isMatch(when: ConditionInput, changes: Partial<MailFacts> = {}): boolean {
  const rules = [{ name: 'it', when, then: [{ queue: 'matched' }] }];
  const configuration = createSampleConfiguration({ queues: { matched: {}, inbox: {} }, rules });
  const [destination] = decide(configuration, createFacts(changes)).destinations;
  return destination?.queue === 'matched';
}

describe('a condition', () => {
  it.each<[string, ConditionInput, boolean]>([
    ['recipient address, case ignored', { recipient: { address: 'SUPPORT@example.com' } }, true],
    ['another recipient address', { recipient: { address: 'support@example.org' } }, false],
    ['recipient domain', { recipient: { domain: 'example.com' } }, true],
    ['recipient tag of an address without one', { recipient: { tag: '*' } }, false],
    ['sender domain', { sender: { domain: '*.example' } }, true],
    [
      'sender address and a domain that differs',
      { sender: { address: 'ann@*', domain: 'x.y' } },
      false,
    ],
    ['header from', { headerFrom: { address: 'ann@sender.example' } }, true],
    ['whole subject as a glob', { subject: 'printer*' }, true],
    ['part of a subject without wildcards', { subject: 'printer' }, false],
    ['regular expression anywhere in the subject', { subject: { regex: 'on\\s+f' } }, true],
    ['array of patterns, any of them', { subject: ['nothing', { regex: '^print' }] }, true],
    ['header that is there', { header: { name: 'x-team' } }, true],
    ['any of a repeated header', { header: { name: 'X-Team', value: 'red' } }, true],
    ['header that is not there', { header: { name: 'X-None' } }, false],
    ['attachment name, case ignored', { attachment: { name: '*.jpg' } }, true],
    [
      'one attachment for which all holds',
      { attachment: { name: '*.jpg', type: 'image/*', minBytes: 900 } },
      true,
    ],
    [
      'parts of two attachments together',
      { attachment: { name: '*.jpg', type: 'application/pdf' } },
      false,
    ],
    [
      'name pattern on an attachment without a name',
      { attachment: { name: '*', type: 'application/pdf' } },
      false,
    ],
    ['any attachment', { attachment: {} }, true],
    ['verdict', { verdict: { spam: 'PASS', dmarc: ['FAIL', 'GRAY'] } }, true],
    ['verdict PASS where the check failed to run', { verdict: { virus: 'PASS' } }, false],
    ['door', { door: 'ses' }, true],
    ['other door', { door: 'imap' }, false],
    ['all', { all: [{ door: 'ses' }, { subject: '*fire' }] }, true],
    ['all but one', { all: [{ door: 'ses' }, { subject: 'fire' }] }, false],
    ['any', { any: [{ door: 'imap' }, { subject: '*fire' }] }, true],
    ['none of any', { any: [{ door: 'imap' }, { subject: 'fire' }] }, false],
    ['not', { not: { door: 'imap' } }, true],
  ])('decides on %s', (_, when, expected) => {
    expect(isMatch(when)).toBe(expected);
  });

  it.each([
    [{ minBytes: 2001 }, false],
    [{ minBytes: 2000 }, true],
    [{ maxBytes: 2000 }, true],
    [{ maxBytes: 1999 }, false],
  ])('includes both bounds of a size: %j', (size, expected) => {
    expect(isMatch({ size })).toBe(expected);
  });

  it('reads the tag between the first + and the @', () => {
    const envelope = { sender: '', recipients: ['support+order+7@example.com'] };
    expect(isMatch({ recipient: { tag: 'order+7' } }, { envelope })).toBe(true);
  });

  it('writes the null sender as <>', () => {
    const envelope = { sender: '', recipients: ['support@example.com'] };
    expect(isMatch({ sender: { address: '<>' } }, { envelope })).toBe(true);
    expect(isMatch({ sender: { address: '<>' } })).toBe(false);
  });

  it('takes the characters of a glob as they stand', () => {
    expect(isMatch({ subject: 'Printer.on*' })).toBe(false);
    expect(isMatch({ subject: 'Printer?on*' })).toBe(true);
  });

  it('tries a hostile value in linear time', () => {
    const subject = 'a'.repeat(20_000);
    const mail = { ...createFacts().mail, subject };
    expect(isMatch({ subject: { regex: '^(a+)+$' } }, { mail })).toBe(true);
    expect(isMatch({ subject: { regex: '^(a+)+b$' } }, { mail })).toBe(false);
  });
});

describe('decideMail', () => {
  const recipients = [
    'support@example.com',
    'support+urgent@example.com',
    'invoices@example.com',
    'nobody@example.com',
    'any@all.example.net',
  ];

  it('gives one event per destination with its recipients', () => {
    const { destinations, quarantined, dropped } = decide(
      createSampleConfiguration(),
      createFacts({ envelope: { sender: '', recipients } }),
    );
    expect(
      destinations.map(({ queue, recipients, tags }) => ({ queue, recipients, tags })),
    ).toEqual([
      {
        queue: 'support',
        recipients: ['support@example.com', 'support+urgent@example.com'],
        tags: [],
      },
      { queue: 'invoices', recipients: ['invoices@example.com'], tags: ['money'] },
      { queue: 'inbox', recipients: ['any@all.example.net'], tags: [] },
    ]);
    expect(quarantined).toMatchObject([
      { recipients: ['nobody@example.com'], code: 'unlisted-recipient' },
    ]);
    expect(dropped).toEqual([]);
  });

  it('says which rules were tried, on which values, and which of them decided', () => {
    const [destination] = decide(createSampleConfiguration()).destinations;
    expect(destination?.trace).toEqual([
      {
        recipients: ['support@example.com'],
        rules: [
          {
            rule: 'invoices',
            matched: false,
            checks: [{ condition: 'recipient', matched: false, value: 'support@example.com' }],
          },
          {
            rule: 'support',
            matched: true,
            checks: [{ condition: 'recipient', matched: true, value: 'support@example.com' }],
          },
        ],
        decidedBy: { kind: 'rule', rule: 'support' },
      },
    ]);
  });

  it('shows only the conditions that settled a rule', () => {
    const when: ConditionInput = {
      all: [
        { door: 'ses' },
        { any: [{ subject: 'x' }, { door: 'imap' }] },
        { size: { minBytes: 1 } },
      ],
    };
    const configuration = createSampleConfiguration({
      queues: { inbox: {} },
      rules: [{ name: 'it', when, then: [{ queue: 'inbox' }] }],
    });
    expect(decide(configuration).destinations[0]?.trace[0]?.rules[0]?.checks).toEqual([
      { condition: 'all[1].any[0].subject', matched: false, value: 'Printer on fire' },
      { condition: 'all[1].any[1].door', matched: false, value: 'ses' },
    ]);
  });

  it('cuts a long value in the trace at 200 characters', () => {
    const mail = { ...createFacts().mail, subject: `${'x'.repeat(198)}\u{1f600}y` };
    const configuration = createSampleConfiguration({
      queues: { inbox: {} },
      rules: [{ name: 'it', when: { subject: 'x' }, then: [{ queue: 'inbox' }] }],
    });
    const [destination] = decide(configuration, createFacts({ mail })).destinations;
    expect(destination?.trace[0]?.rules[0]?.checks[0]?.value).toBe(`${'x'.repeat(198)}\uFFFD…`);
  });

  it('writes out no more of many values than the trace shows', () => {
    let writtenOut = 0;
    const attachments = Array.from({ length: 1000 }, (_, index) => ({
      name: `${index}.txt`,
      get type() {
        writtenOut += 1;
        return 'text/plain';
      },
      bytes: 1,
      partPath: '2',
      contentId: null,
      disposition: 'attachment' as const,
    }));
    const configuration = createSampleConfiguration({
      queues: { inbox: {} },
      rules: [{ name: 'it', when: { attachment: { name: '*.pdf' } }, then: [{ stop: true }] }],
    });
    const mail = { ...createFacts().mail, attachments };
    const [destination] = decide(configuration, createFacts({ mail })).destinations;
    const value = destination?.trace[0]?.rules[0]?.checks[0]?.value;
    expect(value).toHaveLength(200);
    expect(value).toMatch(/^0\.txt \(text\/plain, 1 bytes\), 1\.txt .*…$/);
    expect(writtenOut).toBeLessThan(20);
  });

  it('shows one way for all recipients that went it', () => {
    const many = Array.from({ length: 500 }, (_, index) => `a${index}@all.example.net`);
    const [destination] = decide(
      createSampleConfiguration(),
      createFacts({ envelope: { sender: '', recipients: many } }),
    ).destinations;
    expect(destination?.recipients).toHaveLength(500);
    expect(destination?.trace).toHaveLength(1);
    expect(destination?.trace[0]?.recipients).toHaveLength(500);
  });

  const withRules = (...rules: NonNullable<ConfigurationInput['rules']>) =>
    createSampleConfiguration({ queues: { support: {}, inbox: {} }, rules });
  const when = { door: 'ses' } as const;
  const toSupport = { name: 'second', when, then: [{ queue: 'support' }] };

  it('applies every rule that matches', () => {
    const first = { name: 'first', when, then: [{ tag: 'seen' }, { queue: 'inbox' }] };
    const queues = decide(withRules(first, toSupport)).destinations.map(({ queue }) => queue);
    expect(queues).toEqual(['inbox', 'support']);
  });

  it('tries no further rule after stop', () => {
    const first = { name: 'first', when, then: [{ queue: 'inbox' }, { stop: true as const }] };
    const { destinations } = decide(withRules(first, toSupport));
    expect(destinations.map(({ queue }) => queue)).toEqual(['inbox']);
    expect(destinations[0]?.trace[0]?.rules.map(({ rule }) => rule)).toEqual(['first']);
  });

  it('sends mail that rules only tagged where otherwise says', () => {
    const tag = { name: 'first', when, then: [{ tag: 'seen' }] };
    const configuration = createSampleConfiguration({ queues: { inbox: {} }, rules: [tag] });
    const [destination] = decide(configuration).destinations;
    expect(destination).toMatchObject({ queue: 'inbox', tags: ['seen'] });
    expect(destination?.trace[0]?.decidedBy).toEqual({ kind: 'otherwise' });
  });

  it('sends nothing for a drop, and says why', () => {
    const drop = { name: 'first', when, then: [{ drop: 'noise' }] };
    const decision = decide(withRules(drop, toSupport));
    expect(decision.destinations).toEqual([]);
    expect(decision.dropped).toMatchObject([
      { recipients: ['support@example.com'], reason: 'noise' },
    ]);
  });

  it('keeps what an earlier rule sent when a later one drops', () => {
    const drop = { name: 'first', when, then: [{ drop: 'noise' }] };
    const decision = decide(withRules(toSupport, drop));
    expect(decision.destinations.map(({ queue }) => queue)).toEqual(['support']);
    expect(decision.dropped).toEqual([]);
  });

  it('keeps mail apart for the reason that a rule gives', () => {
    const quarantine = { name: 'first', when, then: [{ quarantine: 'spam' }] };
    const { destinations, quarantined } = decide(withRules(quarantine, toSupport));
    expect(destinations).toEqual([]);
    expect(quarantined).toMatchObject([
      { recipients: ['support@example.com'], reason: 'spam', code: 'rule' },
    ]);
  });

  it('keeps mail with a virus apart, without any rule', () => {
    const verdicts = { ...createFacts().verdicts, virus: 'FAIL' as const };
    const { destinations, quarantined } = decide(withRules(toSupport), createFacts({ verdicts }));
    expect(destinations).toEqual([]);
    expect(quarantined).toMatchObject([{ code: 'virus', trace: [{ rules: [] }] }]);
  });

  it('lets released mail out, whatever sent it into quarantine', () => {
    const quarantine = { name: 'first', when, then: [{ quarantine: 'spam' }] };
    const facts = createFacts({
      verdicts: { ...createFacts().verdicts, virus: 'FAIL' },
      envelope: { sender: '', recipients: ['nobody@example.com'] },
      isReleased: true,
    });
    const { destinations, quarantined } = decide(withRules(quarantine, toSupport), facts);
    expect(quarantined).toEqual([]);
    expect(destinations.map(({ queue }) => queue)).toEqual(['support']);
  });

  it('drops mail for an unlisted address where the domain says so', () => {
    const configuration = createSampleConfiguration({
      receiving: { domains: [{ domain: 'example.com', addresses: ['x'], unlisted: 'drop' }] },
    });
    const { destinations, dropped } = decide(configuration);
    expect(destinations).toEqual([]);
    expect(dropped[0]?.trace[0]?.decidedBy).toEqual({ kind: 'unlisted-recipient' });
  });

  it.each(['imap', 'pop3'] as const)(
    'lets %s mail for an unlisted address meet the rules',
    (door) => {
      const configuration = createSampleConfiguration({
        receiving: { domains: [{ domain: 'example.com', addresses: ['x'] }] },
      });
      expect(decide(configuration).quarantined[0]?.code).toBe('unlisted-recipient');
      const polled = decide(configuration, createFacts({ door, mailbox: 'vendor' }));
      expect(polled.quarantined).toEqual([]);
      expect(polled.destinations.map(({ queue }) => queue)).toEqual(['support']);
    },
  );

  it('judges polled mail for an address in no domain of ours', () => {
    const envelope = { sender: '', recipients: ['shop@elsewhere.example'] };
    const { destinations } = decide(
      createSampleConfiguration(),
      createFacts({ door: 'imap', mailbox: 'vendor', envelope }),
    );
    expect(destinations).toMatchObject([
      { queue: 'inbox', recipients: ['shop@elsewhere.example'] },
    ]);
  });

  it('tells which mailbox a rule was tried on', () => {
    const configuration = createSampleConfiguration({
      mailboxes: [SAMPLE_MAILBOX],
      queues: { bills: {}, inbox: {} },
      rules: [{ name: 'bills', when: { mailbox: 'VEN*' }, then: [{ queue: 'bills' }] }],
    });
    const [polled] = decide(
      configuration,
      createFacts({ door: 'imap', mailbox: 'vendor' }),
    ).destinations;
    expect(polled?.queue).toBe('bills');
    expect(polled?.trace[0]?.rules[0]?.checks).toEqual([
      { condition: 'mailbox', matched: true, value: 'vendor' },
    ]);
    const [received] = decide(configuration).destinations;
    expect(received?.queue).toBe('inbox');
    expect(received?.trace[0]?.rules[0]?.checks).toEqual([
      { condition: 'mailbox', matched: false, value: null },
    ]);
  });

  it('counts a recipient that stands twice once', () => {
    const twice = ['support@example.com', 'support@example.com'];
    const { destinations } = decide(
      createSampleConfiguration(),
      createFacts({ envelope: { sender: '', recipients: twice } }),
    );
    expect(destinations[0]?.recipients).toEqual(['support@example.com']);
  });
});
