import type { RuleSetRequest } from '../../mail/contracts/rule-set-request.ts';
import type { ReceiptRuleSets } from '../../mail/ports/ports.ts';

/** What became of a request. */
export type ActivationOutcome =
  | { readonly kind: 'activated' | 'deactivated' | 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: string };

type RequestOf<Type extends RuleSetRequest['RequestType']> = Extract<
  RuleSetRequest,
  { RequestType: Type }
>;

const writeRefusal = (active: string, wanted: string): string =>
  `The SES receipt rule set "${active}" is active in this account and region, and it is not ours: ` +
  `activating "${wanted}" would stop its mail. Deploy to another region or account, or leave none active ` +
  '(aws ses set-active-receipt-rule-set) once its mail may stop, then deploy again.';

async function activate(
  ruleSets: ReceiptRuleSets,
  wanted: string,
  previous: string | undefined,
): Promise<ActivationOutcome> {
  const active = await ruleSets.readActiveRuleSet();
  if (active === wanted) return { kind: 'unchanged' };
  if (active !== undefined && active !== previous) {
    return { kind: 'refused', reason: writeRefusal(active, wanted) };
  }
  await ruleSets.activateRuleSet(wanted);
  return { kind: 'activated' };
}

/**
 * Ours is known by either name: when the answer to Create was lost, the physical id is none of
 * ours, and a rule set left active could not be deleted.
 */
async function deactivate(
  ruleSets: ReceiptRuleSets,
  { PhysicalResourceId, ResourceProperties }: RequestOf<'Delete'>,
): Promise<ActivationOutcome> {
  const active = await ruleSets.readActiveRuleSet();
  if (active !== PhysicalResourceId && active !== ResourceProperties.RuleSetName) {
    return { kind: 'unchanged' };
  }
  await ruleSets.activateRuleSet(undefined);
  return { kind: 'deactivated' };
}

/**
 * Does to the account's active rule set what CloudFormation asks, and never anything to a
 * stranger's: an account has one active rule set, and activating ours would silently stop the mail
 * of another.
 *
 * @throws {PeerUnavailableError}
 */
export async function changeActiveRuleSet(
  ruleSets: ReceiptRuleSets,
  request: RuleSetRequest,
): Promise<ActivationOutcome> {
  switch (request.RequestType) {
    case 'Create':
      return activate(ruleSets, request.ResourceProperties.RuleSetName, undefined);
    case 'Update':
      return activate(
        ruleSets,
        request.ResourceProperties.RuleSetName,
        request.OldResourceProperties.RuleSetName,
      );
    case 'Delete':
      return deactivate(ruleSets, request);
  }
}
