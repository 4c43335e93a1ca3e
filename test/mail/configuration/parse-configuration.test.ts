import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../../mail/configuration/parse-configuration.ts';
import { ConfigurationError } from '../../../mail/errors.ts';
import { createSampleConfiguration } from '../../support/sample-configuration.ts';

const readFaults = (value: unknown): readonly string[] => {
  try {
    parseConfiguration(value);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
};

/** The sample, with members that its type would refuse. */
const breakSample = (members: Record<string, unknown>): unknown => ({
  ...createSampleConfiguration(),
  ...members,
});

describe('parseConfiguration', () => {
  it('fills in every default', () => {
    const { queues, retention, limits, receiving } = parseConfiguration(
      createSampleConfiguration(),
    );
    expect(queues['support']).toEqual({
      type: 'standard',
      visibilityTimeoutSeconds: 300,
      maxReceives: 10,
      once: 'delivery',
    });
    expect(retention).toEqual({ rawDays: 90, logDays: 30, whenDestroyed: 'keep' });
    expect(limits).toEqual({
      mailBytes: 41_943_040,
      inlineEventBytes: 61_440,
      parsers: 10,
      pollers: 10,
    });
    expect(receiving.domains[0]).toEqual({
      domain: 'example.com',
      addresses: ['support', 'invoices'],
      catchAll: false,
      unlisted: 'quarantine',
    });
  });

  it('says every fault with its path, what was expected and what came', () => {
    const faults = readFaults(
      breakSample({
        environment: 'PROD',
        otherwise: undefined,
        limits: { parsers: 'x' },
        receiving: { domains: [{ domain: 'nowhere', catchAll: true }] },
      }),
    );
    expect(faults).toEqual([
      'environment: expected 1 to 16 of a-z, 0-9 and -, a letter first, no - last, came "PROD"',
      'receiving.domains[0].domain: expected a domain name such as example.com (IDN in its xn-- form), came "nowhere"',
      'otherwise: expected object, came nothing',
      'limits.parsers: expected number, came "x"',
    ]);
  });

  it('names the nearest right name of each unknown member', () => {
    const faults = readFaults(
      breakSample({
        enviroment: 'x',
        queues: { support: { visibilityTimeout: 3 }, invoices: { zzz: 1 }, inbox: {} },
      }),
    );
    expect(faults).toEqual([
      'queues.support.visibilityTimeout: unknown member; expected one of type, visibilityTimeoutSeconds, maxReceives, once',
      'queues.invoices.zzz: unknown member; expected one of type, visibilityTimeoutSeconds, maxReceives, once',
      'enviroment: unknown member; did you mean environment?',
    ]);
  });

  it('reaches into rules, however deep their conditions stand', () => {
    const rules = [
      {
        name: 'a',
        when: { all: [{ not: { attachment: { nme: '*' } } }] },
        then: [{ queue: 'inbox' }],
      },
      { name: 'b', when: { subject: { regex: '(a' } }, then: [{ queue: 'inbox', stop: true }] },
      { name: 'c', when: { recipient: {} }, then: [] },
      { name: 'd', when: { door: 'sez' }, then: [{ queue: 'inbox' }] },
    ];
    expect(readFaults(breakSample({ rules }))).toEqual([
      'rules[0].when.all[0].not.attachment.nme: unknown member; did you mean name?',
      expect.stringMatching(
        /^rules\[1\]\.when\.subject: expected an RE2 regular expression .*missing closing \).*came \{"regex":"\(a"\}$/,
      ),
      'rules[1].then[0]: expected exactly one of queue, tag, quarantine, drop, stop, came queue and stop',
      'rules[2].when.recipient: expected at least one of address, domain, tag, came {}',
      'rules[2].then: expected at least 1 entries, came []',
      'rules[3].when.door: expected "ses" or "imap" or "pop3" or "drop", came "sez"',
    ]);
  });

  it('refuses a regular expression that RE2 cannot match in linear time', () => {
    const rules = [
      { name: 'a', when: { subject: { regex: '(?=x)' } }, then: [{ queue: 'inbox' }] },
    ];
    expect(readFaults(breakSample({ rules }))[0]).toContain('no lookaround');
  });

  it('refuses a domain that has neither addresses nor catchAll, and one that has both', () => {
    const domains = [
      { domain: 'a.example' },
      { domain: 'b.example', addresses: ['x'], catchAll: true },
    ];
    expect(readFaults(breakSample({ receiving: { domains } }))).toEqual([
      'receiving.domains[0]: expected addresses: […] or catchAll: true, came neither',
      'receiving.domains[1]: expected addresses: […] or catchAll: true, came both',
    ]);
  });

  it('refuses a queue that no rule names, and a rule that names no queue', () => {
    const faults = readFaults(
      breakSample({
        queues: { support: {}, invoices: {}, inbox: {}, extra: {} },
        otherwise: { queue: 'inbx' },
      }),
    );
    expect(faults).toEqual([
      'otherwise.queue: expected the name of a member of queues, came "inbx"; did you mean "inbox"?',
      'queues.inbox: no rule names this queue, so nothing could ever reach it; name it in a rule or remove it',
      'queues.extra: no rule names this queue, so nothing could ever reach it; name it in a rule or remove it',
    ]);
  });

  it('wants a queue that is told of mail in quarantine', () => {
    const changes = {
      queues: { support: {}, invoices: {} },
      otherwise: { drop: 'nothing is left' },
    };
    expect(readFaults(breakSample(changes))).toEqual([
      'quarantine.queue: expected the name of a member of queues, came nothing, and otherwise names none: who is to be told of mail in quarantine?',
    ]);
    expect(readFaults(breakSample({ ...changes, quarantine: { queue: 'support' } }))).toEqual([]);
    expect(readFaults(breakSample({ ...changes, quarantine: { queue: 'suport' } }))).toEqual([
      'quarantine.queue: expected the name of a member of queues, came "suport"; did you mean "support"?',
    ]);
  });

  it("refuses names that are Postroom's own, and names that stand twice", () => {
    const when = { door: 'ses' };
    const faults = readFaults(
      breakSample({
        queues: { arrivals: {}, inbox: {} },
        receiving: {
          domains: [
            { domain: 'a.example', addresses: ['X', 'x'] },
            { domain: 'A.example', catchAll: true },
          ],
        },
        rules: [
          { name: 'same', when, then: [{ queue: 'arrivals' }] },
          { name: 'same', when, then: [{ stop: true }] },
        ],
      }),
    );
    expect(faults).toEqual([
      'receiving.domains[1].domain: expected a domain of its own, came "a.example", which receiving.domains[0].domain has already',
      'receiving.domains[0].addresses[1]: expected an address of its own, came "x", which receiving.domains[0].addresses[0] has already',
      "queues.arrivals: the name is Postroom's own; choose another than arrivals, drops, reconcile, arrivals-topic, polls and …-dead",
      'rules[1].name: expected a name of its own, came "same", which rules[0].name has already',
    ]);
  });

  it.each([
    [199, 0],
    [200, 0],
    [201, 1],
  ])('takes 200 rules and no more (%i rules)', (count, faultCount) => {
    const rules = Array.from({ length: count }, (_, index) => ({
      name: `rule ${index}`,
      when: { door: 'ses' as const },
      then: [{ queue: index === 0 ? 'support' : 'invoices' }],
    }));
    const faults = readFaults(breakSample({ rules }));
    expect(faults).toHaveLength(faultCount);
    if (faultCount > 0) expect(faults[0]).toMatch(/^rules: expected at most 200 entries/);
  });

  it.each([
    [
      28,
      [
        'retention.rawDays: expected more than 28 days, which is 14 in a queue and 14 in its dead-letter queue, since an event there points at the raw mail; came 28',
      ],
    ],
    [29, []],
    [3650, []],
    [3651, ['retention.rawDays: expected at most 3650, came 3651']],
  ])('keeps raw mail longer than the queues keep messages (%i days)', (rawDays, faults) => {
    expect(readFaults(breakSample({ retention: { rawDays } }))).toEqual(faults);
  });

  it('says what came also where that has no JSON form', () => {
    const circle: Record<string, unknown> = {};
    circle['again'] = circle;
    expect(readFaults(breakSample({ limits: { parsers: 10n }, retention: circle }))).toEqual([
      'retention.again: unknown member; expected one of rawDays, logDays, whenDestroyed',
      'limits.parsers: expected number, came 10',
    ]);
    expect(readFaults(breakSample({ limits: { parsers: circle } }))).toEqual([
      'limits.parsers: expected number, came an object',
    ]);
  });

  it.each([
    [99, []],
    [100, []],
    [101, ['rules[0].when: expected at most 100 levels of all, any and not, came more']],
    [100_000, ['rules[0].when: expected at most 100 levels of all, any and not, came more']],
  ])('takes conditions in 100 others and no deeper (%i)', (levels, faults) => {
    let when: unknown = { door: 'ses' };
    for (let level = 0; level < levels; level += 1) when = { not: when };
    const rule = { name: 'deep', when, then: [{ queue: 'support' }, { queue: 'invoices' }] };
    expect(readFaults(breakSample({ rules: [rule] }))).toEqual(faults);
  });

  it('refuses a condition that contains itself', () => {
    const when: Record<string, unknown> = {};
    when['any'] = [{ door: 'ses' }, when];
    const rule = { name: 'round', when, then: [{ queue: 'support' }, { queue: 'invoices' }] };
    expect(readFaults(breakSample({ rules: [rule] }))).toEqual([
      'rules[0].when: expected at most 100 levels of all, any and not, came more',
    ]);
  });

  it('says that a file which exports no object is none', () => {
    expect(readFaults('hello')).toEqual(['expected object, came "hello"']);
  });
});
