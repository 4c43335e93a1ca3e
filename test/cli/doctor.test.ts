import { describe, expect, it } from 'vitest';
import type { AccountInspector } from '../../adapters/aws/account-inspector.ts';
import type { MailNames } from '../../adapters/dns/mail-names.ts';
import {
  type DoctorPorts,
  examineEnvironment,
  examineObstacles,
} from '../../cli/doctor/examine-environment.ts';
import type { QueueDepth, QueueSource } from '../../cli/queue/queue-source.ts';
import { createCredentialReader } from '../../mail/credentials/create-credential-reader.ts';
import { ConfigurationError, PeerUnavailableError } from '../../mail/errors.ts';
import { createCommandLineConfiguration } from '../support/command-line-sample.ts';
import { createSampleFolder } from '../support/command-line-sample.ts';
import { startEmbeddedSqs, toAwsVariables } from '../support/embedded-sqs.ts';
import { createMailbox } from '../support/sample-mailbox.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { queryError, startScriptedSes } from '../support/scripted-ses.ts';

const account: AccountInspector = {
  readAccount: () => Promise.resolve('123456789012'),
  readIdentityStatuses: () => Promise.resolve(new Map([['example.com', 'verified' as const]])),
  readDailySendQuota: () => Promise.resolve(50_000),
  readActiveRuleSet: () => Promise.resolve('postroom-dev'),
};
const names: MailNames = {
  readMailExchangers: () => Promise.resolve(['inbound-smtp.eu-west-1.amazonaws.com']),
  isHostKnown: () => Promise.resolve(true),
};
const createQueueSource =
  (depths: readonly (readonly [string, QueueDepth | undefined])[]) => (): QueueSource => ({
    readDepths: () => Promise.resolve(new Map(depths)),
    lookIntoQueue: () => Promise.reject(new Error('the doctor looks into no queue')),
  });
const empty = (queue: string) => [queue, { queue, ready: 0, inFlight: 0, dead: 0 }] as const;

const healthy: DoctorPorts = {
  nodeVersion: '24.1.0',
  readConfiguration: () => Promise.resolve(createCommandLineConfiguration()),
  readRegion: () => Promise.resolve('eu-west-1'),
  account,
  names,
  createQueueSource: createQueueSource([empty('arrivals'), empty('support')]),
  createCredentials: ({ mailboxes }) =>
    createCredentialReader(mailboxes, {
      describePlace: (name) => `the secret ${name}`,
      readSecret: (name) => Promise.resolve(name === 'there' ? '{"password":"hush"}' : undefined),
    }),
};

/** The sample with these mailboxes. */
const withMailboxes = (...changes: readonly Parameters<typeof createMailbox>[0][]) => ({
  ...healthy,
  readConfiguration: () =>
    Promise.resolve({
      ...createCommandLineConfiguration(),
      mailboxes: changes.map((change) => createMailbox(change)),
    }),
});
const fail = () => Promise.reject(new PeerUnavailableError('SES does not answer'));

async function examine(changes: Partial<DoctorPorts>, check: string) {
  const findings = await examineEnvironment({ ...healthy, ...changes });
  return findings
    .filter((finding) => finding.check === check)
    .map(({ mark, text }) => [mark, text]);
}

describe('examineEnvironment', () => {
  it('finds nothing wrong where nothing is', async () => {
    const findings = await examineEnvironment(healthy);
    expect(findings.map(({ check, mark, text }) => `${mark} ${check}: ${text}`)).toEqual([
      'right node: 24.1.0',
      'right configuration: environment dev: 1 domain, 2 queues, 2 rules',
      'right credentials: account 123456789012',
      'right region: eu-west-1 receives mail',
      'right mx: example.com points at inbound-smtp.eu-west-1.amazonaws.com',
      'right identity: example.com is verified',
      'right sending: 50000 mails a day',
      'right rule set: postroom-dev is active',
      'right queues: 2 queues, nothing dead',
    ]);
  });

  it('says that another Node than the deployed one is in use', async () => {
    expect(await examine({ nodeVersion: '22.18.0' }, 'node')).toEqual([
      ['right', '22.18.0 runs Postroom; 24 is what is deployed and what npx takes'],
    ]);
  });

  it('finds each fault of the configuration and names what it could not check then', async () => {
    const readConfiguration = () =>
      Promise.reject(
        new ConfigurationError([
          { path: 'queues', message: 'one' },
          { path: 'rules', message: 'two' },
        ]),
      );
    expect(await examine({ readConfiguration }, 'configuration')).toEqual([
      ['wrong', 'queues: one'],
      ['wrong', 'rules: two'],
    ]);
    expect(await examine({ readConfiguration }, 'queues')).toEqual([
      ['unknown', 'not checked: the configuration cannot be used'],
    ]);
  });

  it('finds mailboxes that have no password', async () => {
    const right = withMailboxes({ secret: 'there' });
    expect(await examine(right, 'mailboxes')).toEqual([['right', '1 mailbox has its password']]);
    const wrong = withMailboxes(
      { name: 'one', secret: 'there' },
      { name: 'two', secret: 'nowhere' },
      { name: 'three', secret: 'there', provider: 'outlook' },
    );
    expect(await examine(wrong, 'mailboxes')).toEqual([
      [
        'wrong',
        'one: the secret there: expected { "one": { "user": "…", "password": "…" } }, as several mailboxes name this secret',
      ],
      ['wrong', 'two: the secret nowhere is not there'],
      [
        'wrong',
        'three: Outlook.com (personal) takes no password, only OAuth 2.0, which Postroom does not speak yet',
      ],
    ]);
  });

  it('shows ten mailboxes without a password, not hundreds', async () => {
    const names = Array.from({ length: 11 }, (_, index) => ({ name: `m${index}`, secret: 'none' }));
    expect(await examine(withMailboxes(...names), 'mailboxes')).toHaveLength(10);
    expect(await examine(withMailboxes(...names.slice(2)), 'mailboxes')).toHaveLength(9);
  });

  it('names mailboxes among what it could not check, where there are any', async () => {
    const stranger = { account: { ...account, readAccount: fail } };
    expect(await examine({ ...withMailboxes({}), ...stranger }, 'mailboxes')).toEqual([
      ['unknown', 'not checked: AWS does not know who asks'],
    ]);
    expect(await examine(stranger, 'mailboxes')).toEqual([]);
  });

  it('finds that no region is set', async () => {
    const readRegion = () => Promise.reject(new PeerUnavailableError('no AWS region'));
    expect(await examine({ readRegion }, 'region')).toEqual([
      ['wrong', 'none is set; set AWS_REGION, or a region in the profile'],
    ]);
    expect(await examine({ readRegion }, 'rule set')).toEqual([
      ['unknown', 'not checked: no AWS region'],
    ]);
  });

  it('finds that nobody is signed in and names what it could not check then', async () => {
    const stranger = { ...account, readAccount: fail };
    expect(await examine({ account: stranger }, 'credentials')).toEqual([
      ['wrong', 'SES does not answer'],
    ]);
    expect(await examine({ account: stranger }, 'identity')).toEqual([
      ['unknown', 'not checked: AWS does not know who asks'],
    ]);
  });

  it('finds a region that receives no mail', async () => {
    const isHostKnown = (host: string) => Promise.resolve(host.includes('us-east-1'));
    const changes = {
      readRegion: () => Promise.resolve('xx-west-9'),
      names: { ...names, isHostKnown },
    };
    expect(await examine(changes, 'region')).toEqual([
      [
        'wrong',
        'xx-west-9 receives no mail (inbound-smtp.xx-west-9.amazonaws.com has no address); deploy to another, such as us-east-1, us-east-2, us-west-2',
      ],
    ]);
  });

  it('believes the name system about a region that it has not heard of', async () => {
    expect(await examine({ readRegion: () => Promise.resolve('xx-west-9') }, 'region')).toEqual([
      ['right', 'xx-west-9 receives mail'],
    ]);
  });

  it('draws no conclusion from a name server that knows no host of AWS', async () => {
    const changes = { names: { ...names, isHostKnown: () => Promise.resolve(false) } };
    expect(await examine(changes, 'mx')).toEqual([
      ['unknown', 'not checked: the name server knows no host of AWS; check the network'],
    ]);
  });

  it('finds mail that is sent elsewhere', async () => {
    const elsewhere = { ...names, readMailExchangers: () => Promise.resolve(['mx.example.org']) };
    expect(await examine({ names: elsewhere }, 'mx')).toEqual([
      [
        'wrong',
        'example.com: expected the MX record "10 inbound-smtp.eu-west-1.amazonaws.com", came mx.example.org',
      ],
    ]);
  });

  it.each([
    ['pending', 'example.com is not verified yet; publish the DNS records'],
    ['failed', 'example.com: verification failed; publish its DNS records'],
    ['unknown', 'example.com is unknown to SES in this region; deploy the receiving stack'],
  ] as const)('finds an identity that is %s', async (status, text) => {
    const readIdentityStatuses = () => Promise.resolve(new Map([['example.com', status]]));
    const [finding] = await examine({ account: { ...account, readIdentityStatuses } }, 'identity');
    expect(finding?.[0]).toBe('wrong');
    expect(finding?.[1]).toContain(text);
  });

  it.each([
    [200, 'the account is in the sandbox'],
    [201, '201 mails a day'],
  ])('takes a quota of %i mails for what it is', async (quota, text) => {
    const readDailySendQuota = () => Promise.resolve(quota);
    const [finding] = await examine({ account: { ...account, readDailySendQuota } }, 'sending');
    expect(finding?.[0]).toBe('right');
    expect(finding?.[1]).toContain(text);
  });

  it.each([
    [undefined, 'none is active, so SES receives nothing; deploy the stack postroom-dev-receiving'],
    ['legacy', 'expected postroom-dev to be active, came "legacy"; SES has one active set'],
  ])('finds that the active rule set is %s', async (active, text) => {
    const readActiveRuleSet = () => Promise.resolve(active);
    const [finding] = await examine({ account: { ...account, readActiveRuleSet } }, 'rule set');
    expect(finding?.[0]).toBe('wrong');
    expect(finding?.[1]).toContain(text);
  });

  it('finds queues that are not there', async () => {
    const source = createQueueSource([empty('arrivals'), ['support', undefined]]);
    expect(await examine({ createQueueSource: source }, 'queues')).toEqual([
      [
        'wrong',
        'not there: support; deploy the stack postroom-dev, or check AWS_PROFILE and AWS_REGION',
      ],
    ]);
  });

  it('finds what is dead and says how to look at it', async () => {
    const depth = { queue: 'support', ready: 0, inFlight: 0, dead: 2 };
    const source = createQueueSource([empty('arrivals'), ['support', depth]]);
    expect(await examine({ createQueueSource: source }, 'queues')).toEqual([
      [
        'wrong',
        'support: 2 messages in its dead-letter queue; look: npx postroom queue support --dead --env dev',
      ],
    ]);
  });

  it('is neither content nor silent about a check that could not run', async () => {
    expect(await examine({ account: { ...account, readActiveRuleSet: fail } }, 'rule set')).toEqual(
      [['unknown', 'not checked: SES does not answer']],
    );
  });
});

describe('examineObstacles', () => {
  it('looks at what can keep a sent mail from its queue', async () => {
    const findings = await examineObstacles(createCommandLineConfiguration(), 'eu-west-1', {
      account,
      names,
      queues: healthy.createQueueSource(createCommandLineConfiguration()),
    });
    expect(findings.map(({ check }) => check)).toEqual(['rule set', 'mx', 'queues']);
  });
});

describe('postroom doctor', () => {
  const healthyAccount = {
    GetCallerIdentity: () => ({ xml: '<Account>123456789012</Account>' }),
    GetIdentityVerificationAttributes: () => ({
      xml: '<VerificationAttributes><entry><key>example.com</key><value><VerificationStatus>Success</VerificationStatus></value></entry></VerificationAttributes>',
    }),
    GetSendQuota: () => ({ xml: '<Max24HourSend>200.0</Max24HourSend>' }),
    DescribeActiveReceiptRuleSet: () => ({
      xml: '<Metadata><Name>legacy</Name></Metadata>',
    }),
  };

  async function startAccount(actions: Parameters<typeof startScriptedSes>[0]) {
    const { endpoint } = await startEmbeddedSqs(createCommandLineConfiguration());
    const ses = await startScriptedSes(actions);
    return {
      ...toAwsVariables(endpoint),
      AWS_ENDPOINT_URL_SES: ses,
      AWS_ENDPOINT_URL_STS: ses,
    };
  }

  it('prints a line for each check and fails when something is wrong', async () => {
    const env = await startAccount(healthyAccount);
    const { status, stdout, stderr } = await runPostroom(['doctor', '--env', 'dev'], {
      cwd: createSampleFolder(),
      env,
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const lines = stdout.split('\n');
    expect(lines).toContain('✓ credentials    account 123456789012');
    expect(lines).toContain('✓ identity       example.com is verified');
    expect(lines).toContain('✓ queues         6 queues, nothing dead');
    expect(stdout).toContain('✗ rule set       expected postroom-dev to be active, came "legacy"');
    expect(stdout).toContain('the account is in the sandbox');
  });

  it('prints an object a line, and says which permission is missing', async () => {
    const env = await startAccount({
      ...healthyAccount,
      DescribeActiveReceiptRuleSet: () => queryError('AccessDenied', 'no', 403),
    });
    const { stdout } = await runPostroom(['doctor', '--json'], { cwd: createSampleFolder(), env });
    expect(stdout.split('\n')).toContain(
      '{"check":"rule set","mark":"unknown","text":"not checked: AWS does not allow it (AccessDenied); the credentials need ses:DescribeActiveReceiptRuleSet"}',
    );
  });

  it('says that AWS refuses credentials that have run out', async () => {
    const env = await startAccount({
      GetCallerIdentity: () => queryError('ExpiredToken', 'expired', 403),
    });
    const { status, stdout } = await runPostroom(['doctor'], { cwd: createSampleFolder(), env });
    expect(status).toBe(1);
    expect(stdout).toContain(
      '✗ credentials    AWS refuses the credentials (ExpiredToken); sign in again (`aws sso login`)\n',
    );
  });
});
