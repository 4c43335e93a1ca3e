import type { AccountInspector, IdentityStatus } from '../../adapters/aws/account-inspector.ts';
import type { MailNames } from '../../adapters/dns/mail-names.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { RECEIVING_REGIONS, receivingHost } from '../../mail/configuration/receiving-regions.ts';
import { receivingStackName, ruleSetName } from '../../mail/configuration/resource-names.ts';
import { PeerUnavailableError } from '../../mail/errors.ts';
import { type Finding, findRight, findWrong } from './finding.ts';

/** SES lets a new account send this many mails a day, to verified addresses only. */
const SANDBOX_DAILY_QUOTA = 200;

const listDomains = ({ receiving }: Configuration): readonly string[] =>
  receiving.domains.map(({ domain }) => domain);

/**
 * @throws {PeerUnavailableError} When the name server does not even know a host that is there: a
 * closed network answers so, and nothing follows from what else it does not know.
 */
async function assertNamesAreKnown(names: MailNames): Promise<void> {
  if (await names.isHostKnown(receivingHost('us-east-1'))) return;
  throw new PeerUnavailableError('the name server knows no host of AWS; check the network');
}

/** Whether SES receives mail in a region. */
export async function checkRegion(region: string, names: MailNames): Promise<readonly Finding[]> {
  const isReceiving = findRight('region', `${region} receives mail`);
  if (RECEIVING_REGIONS.has(region)) return [isReceiving];
  await assertNamesAreKnown(names);
  const host = receivingHost(region);
  if (await names.isHostKnown(host)) return [isReceiving];
  return [
    findWrong(
      'region',
      `${region} receives no mail (${host} has no address); deploy to another, such as ${[...RECEIVING_REGIONS].slice(-3).join(', ')}`,
    ),
  ];
}

function judgeIdentity(domain: string, status: IdentityStatus): Finding {
  switch (status) {
    case 'verified':
      return findRight('identity', `${domain} is verified`);
    case 'pending':
      return findWrong(
        'identity',
        `${domain} is not verified yet; publish the DNS records that the SES console shows for it`,
      );
    case 'failed':
      return findWrong(
        'identity',
        `${domain}: verification failed; publish its DNS records and start it again in the SES console`,
      );
    case 'unknown':
      return findWrong(
        'identity',
        `${domain} is unknown to SES in this region; deploy the receiving stack, or: aws ses verify-domain-identity --domain ${domain}`,
      );
  }
}

/** Whether SES believes that each domain is the account's. */
export async function checkIdentities(
  configuration: Configuration,
  account: AccountInspector,
): Promise<readonly Finding[]> {
  const statuses = await account.readIdentityStatuses(listDomains(configuration));
  return Array.from(statuses, ([domain, status]) => judgeIdentity(domain, status));
}

/** Whether each domain's mail is sent to SES. */
export async function checkMailExchangers(
  configuration: Configuration,
  region: string,
  names: MailNames,
): Promise<readonly Finding[]> {
  await assertNamesAreKnown(names);
  const host = receivingHost(region);
  return Promise.all(
    listDomains(configuration).map(async (domain) => {
      const exchangers = await names.readMailExchangers(domain);
      if (exchangers[0] === host) return findRight('mx', `${domain} points at ${host}`);
      const came = exchangers[0] ?? 'no MX record';
      return findWrong('mx', `${domain}: expected the MX record "10 ${host}", came ${came}`);
    }),
  );
}

/** Whether the account may send to anyone. Receiving never needs it. */
export async function checkSandbox(account: AccountInspector): Promise<readonly Finding[]> {
  const quota = await account.readDailySendQuota();
  return [
    findRight(
      'sending',
      quota <= SANDBOX_DAILY_QUOTA
        ? `${quota} mails a day, so the account is in the sandbox and sends to verified addresses only; receiving needs no more`
        : `${quota} mails a day`,
    ),
  ];
}

/** Whether SES gives the mail it receives to our rules. */
export async function checkRuleSet(
  { environment }: Configuration,
  account: AccountInspector,
): Promise<readonly Finding[]> {
  const ours = ruleSetName(environment);
  const active = await account.readActiveRuleSet();
  if (active === ours) return [findRight('rule set', `${ours} is active`)];
  return [
    findWrong(
      'rule set',
      active === undefined
        ? `none is active, so SES receives nothing; deploy the stack ${receivingStackName(environment)}`
        : `expected ${ours} to be active, came "${active}"; SES has one active set: deactivate that one, then deploy the stack ${receivingStackName(environment)}`,
    ),
  ];
}
