import { Aws, CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';

/** LIMIT: an output's value has 1,024 characters; the rest of them is for the sentence. */
const MAX_DOMAIN_CHARACTERS = 600;

/** As many domains as an output can hold, and how many more there are. */
export function listDomains(domains: readonly string[]): string {
  const shown: string[] = [];
  let characters = 0;
  for (const domain of domains) {
    characters += domain.length + 2;
    if (characters > MAX_DOMAIN_CHARACTERS) break;
    shown.push(domain);
  }
  const more = domains.length - shown.length;
  const list = shown.join(', ');
  return more === 0 ? list : `${list} and ${more} more in postroom.config.ts`;
}

/**
 * What a deployment cannot do for a team, as outputs: `cdk deploy` ends by printing them, in order
 * of their names.
 */
export function addNextSteps(scope: Construct, { environment, receiving }: Configuration): void {
  const domains = listDomains(receiving.domains.map(({ domain }) => domain));
  const [{ domain } = { domain: 'example.com' }] = receiving.domains;
  const steps = {
    NextStep1Verify: `Prove to SES that each domain is yours, then set the DNS records it gives: aws sesv2 create-email-identity --region ${Aws.REGION} --email-identity ${domain} (domains: ${domains})`,
    NextStep2Mx: `Set the MX record of each domain: 10 inbound-smtp.${Aws.REGION}.amazonaws.com (domains: ${domains})`,
    NextStep3Sandbox:
      'Mail comes in while the account is in the SES sandbox; to send to addresses that are not verified, ask to leave it: SES console, Account dashboard, Request production access',
    NextStep4Try: `npx postroom doctor --env ${environment} && npx postroom test-mail --env ${environment}`,
  };
  for (const [name, value] of Object.entries(steps)) new CfnOutput(scope, name, { value });
}
