import type { AccountInspector } from '../../adapters/aws/account-inspector.ts';
import type { MailNames } from '../../adapters/dns/mail-names.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { CredentialReader } from '../../mail/ports/mailbox-ports.ts';
import { ConfigurationError, describeError, PostroomError } from '../../mail/errors.ts';
import { CommandError } from '../command-error.ts';
import { formatCount } from '../output/style.ts';
import type { QueueSource } from '../queue/queue-source.ts';
import { checkMailboxes } from './check-mailboxes.ts';
import { checkQueues } from './check-queues.ts';
import {
  checkIdentities,
  checkMailExchangers,
  checkRegion,
  checkRuleSet,
  checkSandbox,
} from './check-receiving.ts';
import { type Finding, findRight, findUnknown, findWrong, runCheck } from './finding.ts';

/** What the doctor looks at. */
export interface DoctorPorts {
  readonly nodeVersion: string;
  /** Throws what is wrong with the file. */
  readonly readConfiguration: () => Promise<Configuration>;
  readonly readRegion: () => Promise<string>;
  readonly account: AccountInspector;
  readonly names: MailNames;
  readonly createQueueSource: (configuration: Configuration) => QueueSource;
  readonly createCredentials: (configuration: Configuration) => CredentialReader;
}

/** The Lambda runtime that is deployed; another version here can hide a difference. */
const DEPLOYED_NODE_MAJOR = 24;

function checkNode(version: string): Finding {
  const isDeployed = version.startsWith(`${DEPLOYED_NODE_MAJOR}.`);
  return findRight(
    'node',
    isDeployed
      ? version
      : `${version} runs Postroom; ${DEPLOYED_NODE_MAJOR} is what is deployed and what npx takes`,
  );
}

async function examineConfiguration({
  readConfiguration,
}: DoctorPorts): Promise<{ findings: readonly Finding[]; configuration?: Configuration }> {
  const check = 'configuration';
  try {
    const configuration = await readConfiguration();
    const { environment, receiving, queues, rules } = configuration;
    const counts = [
      formatCount(receiving.domains.length, 'domain'),
      formatCount(Object.keys(queues).length, 'queue'),
      formatCount(rules.length, 'rule'),
    ];
    return {
      configuration,
      findings: [findRight(check, `environment ${environment}: ${counts.join(', ')}`)],
    };
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return { findings: error.message.split('\n').map((fault) => findWrong(check, fault)) };
    }
    if (!(error instanceof PostroomError || error instanceof CommandError)) throw error;
    return { findings: [findWrong(check, error.message)] };
  }
}

async function examineCredentials(
  account: AccountInspector,
): Promise<{ finding: Finding; isSignedIn: boolean }> {
  try {
    const finding = findRight('credentials', `account ${await account.readAccount()}`);
    return { finding, isSignedIn: true };
  } catch (error) {
    if (!(error instanceof PostroomError)) throw error;
    return { finding: findWrong('credentials', describeError(error)), isSignedIn: false };
  }
}

/** Checks that need an answer of an earlier one are named, not left out, when that is missing. */
const skipChecks = (checks: readonly string[], reason: string): readonly Finding[] =>
  checks.map((check) => findUnknown(check, `not checked: ${reason}`));

async function readRegionOrNone({ readRegion }: DoctorPorts): Promise<string | undefined> {
  try {
    return await readRegion();
  } catch (error) {
    if (!(error instanceof PostroomError)) throw error;
    return undefined;
  }
}

async function examineReceiving(
  ports: DoctorPorts,
  configuration: Configuration,
  region: string,
): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    runCheck('region', () => checkRegion(region, ports.names)),
    runCheck('mx', () => checkMailExchangers(configuration, region, ports.names)),
  ]);
  return findings.flat();
}

async function examineAccount(
  { account, createQueueSource, createCredentials }: DoctorPorts,
  configuration: Configuration,
): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    runCheck('identity', () => checkIdentities(configuration, account)),
    runCheck('sending', () => checkSandbox(account)),
    runCheck('rule set', () => checkRuleSet(configuration, account)),
    runCheck('queues', () => checkQueues(configuration, createQueueSource(configuration))),
    runCheck('mailboxes', () => checkMailboxes(configuration, createCredentials(configuration))),
  ]);
  return findings.flat();
}

const ACCOUNT_CHECKS = ['identity', 'sending', 'rule set', 'queues'];
const AWS_CHECKS = ['credentials', 'mx', ...ACCOUNT_CHECKS];

const listMailboxChecks = ({ mailboxes }: Configuration): readonly string[] =>
  mailboxes.length === 0 ? [] : ['mailboxes'];

async function examineAws(
  ports: DoctorPorts,
  configuration: Configuration,
): Promise<readonly Finding[]> {
  const region = await readRegionOrNone(ports);
  if (region === undefined) {
    const missing = findWrong('region', 'none is set; set AWS_REGION, or a region in the profile');
    return [
      missing,
      ...skipChecks([...AWS_CHECKS, ...listMailboxChecks(configuration)], 'no AWS region'),
    ];
  }
  const [receiving, { finding, isSignedIn }] = await Promise.all([
    examineReceiving(ports, configuration, region),
    examineCredentials(ports.account),
  ]);
  const account = isSignedIn
    ? await examineAccount(ports, configuration)
    : skipChecks(
        [...ACCOUNT_CHECKS, ...listMailboxChecks(configuration)],
        'AWS does not know who asks',
      );
  return [finding, ...receiving, ...account];
}

/** Looks at everything that stands between a team and working mail. Changes nothing. */
export async function examineEnvironment(ports: DoctorPorts): Promise<readonly Finding[]> {
  const node = checkNode(ports.nodeVersion);
  const { findings, configuration } = await examineConfiguration(ports);
  const aws =
    configuration === undefined
      ? skipChecks(['region', ...AWS_CHECKS], 'the configuration cannot be used')
      : await examineAws(ports, configuration);
  return [node, ...findings, ...aws];
}

/** What could keep a mail that was sent from reaching its queue. */
export async function examineObstacles(
  configuration: Configuration,
  region: string,
  {
    account,
    names,
    queues,
  }: Pick<DoctorPorts, 'account' | 'names'> & { readonly queues: QueueSource },
): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    runCheck('rule set', () => checkRuleSet(configuration, account)),
    runCheck('mx', () => checkMailExchangers(configuration, region, names)),
    runCheck('queues', () => checkQueues(configuration, queues)),
  ]);
  return findings.flat();
}
