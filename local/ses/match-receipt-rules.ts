import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { planReceiptRules, type ReceiptRule } from '../../mail/configuration/resource-names.ts';
import { createSesArrivalId } from '../../mail/identity/identities.ts';
import { splitAddress } from '../../mail/message/address-parts.ts';

/** A receipt rule and the recipients of a mail that it matches. */
export interface MatchedRule {
  readonly rule: ReceiptRule;
  readonly recipients: readonly string[];
}

/** Whether a receipt rule names the domain of an address. Case is ignored, as SES does. */
export const isReceived = (
  { receiving }: Pick<Configuration, 'receiving'>,
  address: string,
): boolean => {
  const { domain } = splitAddress(address);
  return receiving.domains.some((received) => received.domain === domain);
};

/** The receipt rules that a mail comes to: each gives it an object and a notification of its own. */
export const matchReceiptRules = (
  configuration: Configuration,
  recipients: readonly string[],
): readonly MatchedRule[] =>
  planReceiptRules(configuration)
    .map((rule) => ({
      rule,
      recipients: recipients.filter((recipient) =>
        rule.domains.includes(splitAddress(recipient).domain),
      ),
    }))
    .filter((matched) => matched.recipients.length > 0);

/** The arrival that a receipt rule makes of a mail; the rule is named by the end of its key prefix. */
export const toArrivalId = ({ rule }: MatchedRule, sesMessageId: string): string =>
  createSesArrivalId(rule.objectKeyPrefix.split('/').at(-2) ?? '', sesMessageId);
