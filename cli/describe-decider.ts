import type { RuleTrace } from '../mail/contracts/mail-received.ts';

/** What settled where a mail goes, in words. */
export function describeDecider(decidedBy: RuleTrace['decidedBy']): string {
  switch (decidedBy.kind) {
    case 'rule':
      return `rule ${decidedBy.rule}`;
    case 'otherwise':
      return 'otherwise, as no rule sent it anywhere';
    case 'unlisted-recipient':
      return 'an address that is not listed, for which no rule is tried';
    case 'virus':
      return 'the virus verdict, for which no rule is tried';
  }
}
