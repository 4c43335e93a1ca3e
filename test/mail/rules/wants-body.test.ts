import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../mail/rules/compile-rules.ts';
import { decideMail } from '../../../mail/rules/decide-mail.ts';
import type { MailFacts } from '../../../mail/rules/mail-facts.ts';
import type { Rule } from '../../../mail/rules/rule-schema.ts';
import { createBodyWish } from '../../../mail/rules/wants-body.ts';
import { NOT_SCANNED } from '../../../mail/contracts/verdicts.ts';

const createFacts = (subject: string, hasPdf: boolean): MailFacts => ({
  door: 'imap',
  mailbox: 'vendor',
  envelope: { sender: 'a@b.example', recipients: ['vendor@c.example'] },
  mail: {
    headers: [{ name: 'Subject', value: subject }],
    from: [],
    to: [],
    cc: [],
    subject,
    date: null,
    messageId: null,
    inReplyTo: [],
    references: [],
    text: null,
    html: null,
    attachments: hasPdf
      ? [
          {
            name: 'a.pdf',
            type: 'application/pdf',
            bytes: 1,
            partPath: '2',
            contentId: null,
            disposition: 'attachment',
          },
        ]
      : [],
  },
  bytes: 10,
  verdicts: NOT_SCANNED,
  isReleased: false,
});

const leaf = fc.constantFrom<Rule['when']>(
  { subject: '*invoice*' },
  { subject: '*hello*' },
  { attachment: { type: 'application/pdf' } },
  { door: 'imap' },
);
const condition = fc.letrec<{ any: Rule['when'] }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie('any').map((not) => ({ not })),
    fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
  ),
})).any;
const action = fc.constantFrom<Rule['then'][number]>(
  { queue: 'inbox' },
  { quarantine: 'odd' },
  { drop: 'no' },
  { stop: true },
  { tag: 'x' },
);
const rules = fc
  .array(fc.tuple(condition, fc.array(action, { minLength: 1, maxLength: 2 })), { maxLength: 4 })
  .map((pairs) => pairs.map(([when, then], index) => ({ name: `rule ${index}`, when, then })));
const otherwise = fc.constantFrom({ queue: 'inbox' }, { drop: 'no' });

describe('the wish for a body', () => {
  it('is there for every mail that any body would bring to a queue or into quarantine', () => {
    fc.assert(
      fc.property(
        rules,
        otherwise,
        fc.constantFrom('invoice', 'hello', 'other'),
        fc.boolean(),
        (written, rest, subject, hasPdf) => {
          const compiled = compileRules({
            rules: written,
            otherwise: rest,
            receiving: { domains: [] },
          });
          const decision = decideMail(compiled, createFacts(subject, hasPdf));
          const goesSomewhere = decision.destinations.length + decision.quarantined.length > 0;
          const wantsBody = createBodyWish({ rules: written, otherwise: rest });
          if (goesSomewhere) expect(wantsBody(createFacts(subject, false))).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is not there where the header settles that every rule drops the mail', () => {
    const wantsBody = createBodyWish({
      rules: [
        {
          name: 'invoices',
          when: { all: [{ subject: '*invoice*' }, { attachment: { type: 'application/pdf' } }] },
          then: [{ queue: 'inbox' }],
        },
      ],
      otherwise: { drop: 'no invoice' },
    });
    expect(wantsBody(createFacts('hello', false))).toBe(false);
    expect(wantsBody(createFacts('invoice', false))).toBe(true);
  });

  it('is there where a rule that only the body settles may stop before a later one drops the mail', () => {
    const rules: Rule[] = [
      { name: 'pdf', when: { attachment: { type: 'application/pdf' } }, then: [{ stop: true }] },
      { name: 'rest', when: { door: 'imap' }, then: [{ drop: 'no' }] },
    ];
    const facts = createFacts('hello', false);
    expect(createBodyWish({ rules, otherwise: { queue: 'inbox' } })(facts)).toBe(true);
    expect(createBodyWish({ rules, otherwise: { drop: 'no' } })(facts)).toBe(false);
  });
});
