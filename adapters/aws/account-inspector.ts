import {
  DescribeActiveReceiptRuleSetCommand,
  GetIdentityVerificationAttributesCommand,
  GetSendQuotaCommand,
  type SESClient,
} from '@aws-sdk/client-ses';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { askAws } from './ask-aws.ts';

/** How far SES is with the verification of a domain. */
export type IdentityStatus = 'verified' | 'pending' | 'failed' | 'unknown';

/** Reads what an account has; changes nothing. Each method throws {@link PeerUnavailableError}. */
export interface AccountInspector {
  /** The account that the credentials belong to. */
  readAccount(): Promise<string>;
  /** The domain's state; `unknown` when SES has never heard of it. */
  readIdentityStatuses(domains: readonly string[]): Promise<ReadonlyMap<string, IdentityStatus>>;
  /** Mails a day that SES lets the account send; 200 is the sandbox. */
  readDailySendQuota(): Promise<number>;
  /** The name of the active rule set, or undefined when none is. */
  readActiveRuleSet(): Promise<string | undefined>;
}

/** LIMIT: identities in one GetIdentityVerificationAttributes request. */
const MAX_IDENTITIES = 100;

const STATUSES: ReadonlyMap<string | undefined, IdentityStatus> = new Map([
  ['Success', 'verified'],
  ['Pending', 'pending'],
  ['TemporaryFailure', 'pending'],
  ['Failed', 'failed'],
]);

async function readStatuses(
  ses: SESClient,
  domains: readonly string[],
): Promise<readonly (readonly [string, IdentityStatus])[]> {
  const { VerificationAttributes = {} } = await askAws(
    'ses:GetIdentityVerificationAttributes',
    () => ses.send(new GetIdentityVerificationAttributesCommand({ Identities: [...domains] })),
  );
  const found = new Map(Object.entries(VerificationAttributes));
  return domains.map((domain) => [
    domain,
    STATUSES.get(found.get(domain)?.VerificationStatus) ?? 'unknown',
  ]);
}

/** An {@link AccountInspector} over SES (v1, which alone knows rule sets) and STS. */
export function createAccountInspector(ses: SESClient, sts: STSClient): AccountInspector {
  return {
    async readAccount() {
      const { Account } = await askAws('sts:GetCallerIdentity', () =>
        sts.send(new GetCallerIdentityCommand({})),
      );
      return Account ?? 'unknown';
    },
    async readIdentityStatuses(domains) {
      const statuses: (readonly [string, IdentityStatus])[] = [];
      for (let start = 0; start < domains.length; start += MAX_IDENTITIES) {
        statuses.push(...(await readStatuses(ses, domains.slice(start, start + MAX_IDENTITIES))));
      }
      return new Map(statuses);
    },
    async readDailySendQuota() {
      const { Max24HourSend = 0 } = await askAws('ses:GetSendQuota', () =>
        ses.send(new GetSendQuotaCommand({})),
      );
      return Max24HourSend;
    },
    async readActiveRuleSet() {
      const { Metadata } = await askAws('ses:DescribeActiveReceiptRuleSet', () =>
        ses.send(new DescribeActiveReceiptRuleSetCommand({})),
      );
      return Metadata?.Name;
    },
  };
}
