import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import type { DovecotMailbox } from '../support/dovecot/dovecot-mailbox.ts';
import { dovecot as dovecotInstalled } from '../support/dovecot/dovecot.ts';
import { type Dovecot, startDovecot } from '../support/dovecot/start-dovecot.ts';
import {
  type LocalAwsEndpoint,
  localAws,
  REGION,
  startEndpoint,
} from '../support/local-aws/local-aws-endpoint.ts';
import { describeWith } from '../support/requirement.ts';
import { createPolledMailText } from '../support/poll-world.ts';
import { countMessages, takeEvent } from './arrived-mail.ts';
import { type CdkProject, createCdkProject } from './cdk-project.ts';
import { createEndpointClients, type EndpointClients } from './endpoint-clients.ts';

const MAIL_BUCKET = 'postroom-proof-mail-000000000000-us-east-1';
const SECRET = 'postroom/mailboxes';

const createConfiguration = ({ ca, ports }: Dovecot): ConfigurationInput => ({
  environment: 'proof',
  receiving: { domains: [{ domain: 'example.com', catchAll: true }] },
  mailboxes: [
    {
      name: 'vendor',
      address: 'vendor@elsewhere.example',
      server: { host: '127.0.0.1', port: ports.imaps, security: 'implicit-tls', ca },
      secret: SECRET,
      begin: 'everything',
      intervalMinutes: 1,
    },
  ],
  queues: { vendors: {}, inbox: {} },
  rules: [{ name: 'vendors', when: { mailbox: 'vendor' }, then: [{ queue: 'vendors' }] }],
  otherwise: { queue: 'inbox' },
  retention: { whenDestroyed: 'delete' },
});

// The tests are one mailbox's life, in order.
describeWith([localAws, dovecotInstalled], 'a mailbox that the deployed schedule polls', () => {
  let endpoint: LocalAwsEndpoint;
  let dovecot: Dovecot;
  let mailbox: DovecotMailbox;
  let project: CdkProject;
  let clients: EndpointClients;

  const deploy = () => project.runCdk('deploy', 'Postroom', '--require-approval', 'never');

  const countRaw = async (): Promise<number> => {
    const where = { Bucket: MAIL_BUCKET, Prefix: 'raw/imap/' };
    return (await clients.s3.send(new ListObjectsV2Command(where))).KeyCount ?? 0;
  };

  beforeAll(async () => {
    [endpoint, dovecot] = await Promise.all([startEndpoint(), startDovecot()]);
    clients = createEndpointClients(endpoint);
    mailbox = dovecot.createMailbox();
    await createSecret(endpoint, mailbox);
    project = await createCdkProject(endpoint, createConfiguration(dovecot));
  }, 120_000);

  afterAll(async () => {
    await dovecot.stop();
    await endpoint.stop();
  });

  test('hands the mail that is there to the queue of its rule, and changes nothing', async () => {
    mailbox.deliver([createPolledMailText('first')]);
    const { exitStatus, stderr } = await deploy();
    expect(exitStatus, stderr).toBe(0);

    const event = await takeEvent(clients.sqs, 'postroom-proof-vendors', 180_000);

    expect(event).toMatchObject({
      subject: 'first',
      arrival: { door: 'imap', mailbox: 'vendor', raw: { bucket: MAIL_BUCKET } },
      envelope: { recipients: ['vendor@elsewhere.example'], source: 'headers' },
      trace: [{ decidedBy: { kind: 'rule', rule: 'vendors' } }],
    });
    expect(await mailbox.listMails()).toMatchObject([{ flags: [] }]);
  }, 400_000);

  test('hands out what is new at a later run of the schedule, and only that', async () => {
    mailbox.deliver([createPolledMailText('second')]);

    const event = await takeEvent(clients.sqs, 'postroom-proof-vendors', 240_000);

    expect(event).toMatchObject({ subject: 'second' });
    expect(await countRaw()).toBe(2);
    expect(await countMessages(clients.sqs, 'postroom-proof-vendors')).toBe(0);
  }, 300_000);
});

/** Puts the mailbox's password where its configuration says. */
async function createSecret({ url }: LocalAwsEndpoint, { credential }: DovecotMailbox) {
  const { user, password } = credential;
  const client = new SecretsManagerClient({
    endpoint: url,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const SecretString = JSON.stringify({ vendor: { user, password } });
  await client.send(new CreateSecretCommand({ Name: SECRET, SecretString }));
  client.destroy();
}
