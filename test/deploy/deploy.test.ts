import { join } from 'node:path';
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  DescribeActiveReceiptRuleSetCommand,
  VerifyDomainIdentityCommand,
} from '@aws-sdk/client-ses';
import { SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { mailQuarantinedSchema } from '../../mail/contracts/mail-quarantined.ts';
import { describeWith } from '../support/requirement.ts';
import {
  countMessages,
  shortenRetries,
  takeBody,
  takeEvent,
  writeQueueUrl,
} from './arrived-mail.ts';
import { type CdkProject, createCdkProject } from './cdk-project.ts';
import { createEndpointClients, type EndpointClients } from './endpoint-clients.ts';
import {
  type LocalAwsEndpoint,
  localAws,
  startEndpoint,
} from '../support/local-aws/local-aws-endpoint.ts';
import { injectMail } from './inject-mail.ts';
import { listRemainingResources } from './remaining-resources.ts';
import { takeSentMail } from './take-sent-mail.ts';
import { waitFor } from '../support/wait-for.ts';

const MAIL_BUCKET = 'postroom-proof-mail-000000000000-us-east-1';

const CONFIGURATION = {
  environment: 'proof',
  receiving: { domains: [{ domain: 'example.com', addresses: ['support', 'invoices'] }] },
  queues: { support: {}, invoices: { type: 'fifo' }, inbox: {} },
  rules: [
    {
      name: 'invoices',
      when: { recipient: { address: 'invoices@example.com' } },
      then: [{ tag: 'billing' }, { queue: 'invoices' }, { stop: true }],
    },
    {
      name: 'support',
      when: { recipient: { address: 'support@example.com' } },
      then: [{ queue: 'support' }],
    },
  ],
  otherwise: { queue: 'inbox' },
  retention: { whenDestroyed: 'delete' },
} satisfies ConfigurationInput;

const writeMail = (subject: string, to = 'support@example.com'): Buffer =>
  Buffer.from(
    [
      'From: Ada <ada@example.org>',
      `To: ${to}`,
      `Subject: ${subject}`,
      'Date: Tue, 03 Nov 2026 09:30:00 +0100',
      `Message-ID: <${subject.toLowerCase().replaceAll(' ', '-')}@example.org>`,
      '',
      'The printer is on fire.',
      '',
    ].join('\r\n'),
  );

// The tests are one deployment's life, in order.
describeWith([localAws], 'both stacks, deployed by the CDK command line', () => {
  let endpoint: LocalAwsEndpoint;
  let project: CdkProject;
  let clients: EndpointClients;

  const inject = (subject: string, recipient = 'support@example.com') =>
    injectMail(clients, {
      raw: writeMail(subject, recipient),
      sender: 'ada@example.org',
      recipients: [recipient],
    });

  beforeAll(async () => {
    endpoint = await startEndpoint();
    clients = createEndpointClients(endpoint);
    project = await createCdkProject(endpoint, CONFIGURATION);
  }, 60_000);

  afterAll(() => endpoint.stop());

  test('deploy makes both stacks and ends with what remains to be done', async () => {
    const deployed = await project.runCdk('deploy', '--all', '--require-approval', 'never');

    expect(deployed.exitStatus, deployed.stderr).toBe(0);
    // With CI=true the CDK writes to standard output what it else writes to standard error.
    const output = deployed.stdout + deployed.stderr;
    expect(output).toContain('10 inbound-smtp.us-east-1.amazonaws.com');
    expect(output).toContain('npx postroom test-mail --env proof');
    const active = await clients.ses.send(new DescribeActiveReceiptRuleSetCommand({}));
    expect(active.Metadata?.Name).toBe('postroom-proof');
  }, 120_000);

  test('a mail that comes in through the active rule set becomes an event in its queue', async () => {
    const { messageId, objects } = await inject('Help');

    expect(objects).toEqual([
      { rule: 'postroom-proof-1', bucket: MAIL_BUCKET, key: `raw/ses/1/${messageId}` },
    ]);
    expect(await takeEvent(clients.sqs, 'postroom-proof-support')).toMatchObject({
      type: 'mail.received',
      version: 1,
      arrival: { door: 'ses', raw: { bucket: MAIL_BUCKET, key: `raw/ses/1/${messageId}` } },
      envelope: { sender: 'ada@example.org', recipients: ['support@example.com'] },
      from: [{ name: 'Ada', address: 'ada@example.org' }],
      subject: 'Help',
      date: '2026-11-03T08:30:00.000Z',
      messageId: 'help@example.org',
      attachments: [],
      verdicts: { spam: 'PASS', virus: 'PASS', spf: 'PASS', dkim: 'PASS', dmarc: 'PASS' },
      tags: [],
      trace: [{ decidedBy: { kind: 'rule', rule: 'support' } }],
    });
  }, 60_000);

  test('a rule sends mail to a FIFO queue with its tag', async () => {
    await inject('Bill 7', 'invoices@example.com');

    expect(await takeEvent(clients.sqs, 'postroom-proof-invoices.fifo')).toMatchObject({
      subject: 'Bill 7',
      tags: ['billing'],
      trace: [{ decidedBy: { kind: 'rule', rule: 'invoices' } }],
    });
  }, 60_000);

  test('a mail that is dropped into the drop bucket becomes an event', async () => {
    await clients.s3.send(
      new PutObjectCommand({
        Bucket: 'postroom-proof-drop-000000000000-us-east-1',
        Key: 'from the scanner/page 1.eml',
        Body: writeMail('Dropped', 'nobody@example.net'),
        Metadata: { to: 'invoices@example.com' },
      }),
    );

    const event = await takeEvent(clients.sqs, 'postroom-proof-invoices.fifo');
    expect(event).toMatchObject({
      subject: 'Dropped',
      envelope: {
        sender: 'ada@example.org',
        recipients: ['invoices@example.com'],
        source: 'headers',
      },
      arrival: { door: 'drop', raw: { bucket: MAIL_BUCKET } },
      verdicts: { spam: 'DISABLED', virus: 'DISABLED' },
    });
    expect(event.arrival.raw.key).toBe(`raw/drop/${event.arrival.arrivalId}`);
  }, 60_000);

  test('drop --env puts a mail into the deployed drop bucket', async () => {
    const file = join(import.meta.dirname, '../../events/mail/support-question.eml');

    const { exitStatus, stdout, stderr } = await project.runPostroom(
      ...['drop', file, '--env', 'proof', '--from', 'scanner@example.com'],
      ...['--to', 'support@example.com'],
    );

    expect(exitStatus, stderr).toBe(0);
    expect(stdout).toContain('s3://postroom-proof-drop-000000000000-us-east-1/');
    expect(await takeEvent(clients.sqs, 'postroom-proof-support')).toMatchObject({
      subject: 'My crate arrived with a broken lid',
      envelope: { sender: 'scanner@example.com', source: 'smtp' },
    });
  }, 60_000);

  test('a mail that SES stored and never announced becomes an event', async () => {
    // What is deployed waits 15 minutes for the notification.
    await clients.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: writeQueueUrl('postroom-proof-reconcile'),
        Attributes: { DelaySeconds: '0' },
      }),
    );

    await clients.s3.send(
      new PutObjectCommand({
        Bucket: MAIL_BUCKET,
        Key: 'raw/ses/1/never-announced',
        Body: Buffer.concat([
          Buffer.from(
            [
              'Return-Path: <bounces@example.org>',
              'Received: from mail.example.org (mail.example.org [192.0.2.7])',
              ' by inbound-smtp.us-east-1.amazonaws.com with SMTP id never-announced',
              ' for support@example.com; Tue, 24 Nov 2026 09:00:00 +0000 (UTC)',
              'X-SES-Spam-Verdict: PASS',
              'X-SES-Virus-Verdict: PASS',
              '',
            ].join('\r\n'),
          ),
          writeMail('Never announced'),
        ]),
      }),
    );

    expect(await takeEvent(clients.sqs, 'postroom-proof-support')).toMatchObject({
      subject: 'Never announced',
      envelope: {
        sender: 'bounces@example.org',
        recipients: ['support@example.com'],
        source: 'headers',
      },
      arrival: { arrivalId: 'ses-1-never-announced~found', door: 'ses' },
      verdicts: { spam: 'PASS', virus: 'PASS', dmarc: 'PROCESSING_FAILED' },
    });
    const { exitStatus, stdout, stderr } = await project.runPostroom(
      ...['reconcile', '--since', '1h', '--env', 'proof'],
    );
    expect({ exitStatus, stdout }).toEqual({ exitStatus: 0, stdout: '' });
    expect(stderr).toMatch(/^0 of \d+ raw mails never announced: nothing to do$/m);
  }, 60_000);

  test("mail to a stranger's domain starts nothing", async () => {
    const before = await clients.s3.send(new ListObjectsV2Command({ Bucket: MAIL_BUCKET }));

    const { objects } = await inject('Not ours', 'support@example.net');

    const after = await clients.s3.send(new ListObjectsV2Command({ Bucket: MAIL_BUCKET }));
    expect(objects).toEqual([]);
    expect(after.KeyCount).toBe(before.KeyCount);
    expect(await countMessages(clients.sqs, 'postroom-proof-arrivals')).toBe(0);
  });

  test('a mail that ends in the dead-letter queue is quarantined, and the rest of its batch arrives', async () => {
    await shortenRetries(clients.sqs, 'postroom-proof-arrivals');
    await setReading(clients, false);
    await inject('First of the batch');
    await clients.sqs.send(
      new SendMessageCommand({
        QueueUrl: writeQueueUrl('postroom-proof-arrivals'),
        MessageBody: writePoisonedNotification(),
      }),
    );
    await inject('Last of the batch');

    await setReading(clients, true);

    const arrived = [
      await takeEvent(clients.sqs, 'postroom-proof-support'),
      await takeEvent(clients.sqs, 'postroom-proof-support'),
    ];
    expect(arrived.map(({ subject }) => subject).toSorted()).toEqual([
      'First of the batch',
      'Last of the batch',
    ]);
    const told = await takeBody(clients.sqs, 'postroom-proof-inbox', 120_000);
    expect(mailQuarantinedSchema.parse(JSON.parse(told))).toMatchObject({
      code: 'peer-unavailable',
      arrival: { arrivalId: 'ses-1-no-such-object' },
    });
    const listed = await project.runPostroom('quarantine', 'list', '--env', 'proof', '--json');
    expect(readLines(listed.stdout), listed.stderr).toMatchObject([
      { heldId: 'ses-1-no-such-object', code: 'peer-unavailable', attempts: 3, state: 'held' },
    ]);
    expect(await countMessages(clients.sqs, 'postroom-proof-arrivals-dead')).toBe(0);
    expect(await countMessages(clients.sqs, 'postroom-proof-support')).toBe(0);
  }, 180_000);

  test('test-mail is sent by SES, comes in through the rule set and is found in its queue', async () => {
    await clients.ses.send(new VerifyDomainIdentityCommand({ Domain: 'example.com' }));

    const command = project.runPostroom('test-mail', '--env', 'proof', '--timeout', '30');
    await injectMail(clients, await takeSentMail(endpoint));
    const { exitStatus, stdout, stderr } = await command;

    expect(exitStatus, stdout + stderr).toBe(0);
    expect(stdout).toContain('arrived in support');
    expect(await countMessages(clients.sqs, 'postroom-proof-support')).toBe(0);
  }, 60_000);

  test('queue and doctor see what is deployed', async () => {
    await inject('Left in the queue', 'invoices@example.com');
    await waitFor('the event', async () =>
      (await countMessages(clients.sqs, 'postroom-proof-invoices.fifo')) === 1 ? true : undefined,
    );

    const queues = await project.runPostroom('queue', '--env', 'proof', '--json');
    const findings = await project.runPostroom('doctor', '--env', 'proof', '--json');

    expect(readLines(queues.stdout)).toContainEqual({
      queue: 'invoices',
      ready: 1,
      inFlight: 0,
      dead: 0,
    });
    // Not the exit status: what a name server says of example.com is not the deployment's.
    expect(readLines(findings.stdout)).toEqual(
      expect.arrayContaining([
        { check: 'identity', mark: 'right', text: 'example.com is verified' },
        { check: 'rule set', mark: 'right', text: 'postroom-proof is active' },
        { check: 'queues', mark: 'right', text: '7 queues, nothing dead' },
      ]),
    );
  }, 60_000);

  test('diff finds no difference between what is deployed and what would be', async () => {
    const { exitStatus, stderr, stdout } = await project.runCdk('diff', '--fail');

    expect(exitStatus, stdout + stderr).toBe(0);
  }, 60_000);

  test('an update with a changed rule sends the next mail to another queue', async () => {
    await project.writeConfiguration({
      ...CONFIGURATION,
      rules: [
        {
          name: 'moved',
          when: { recipient: { address: 'support@example.com' } },
          then: [{ tag: 'moved' }, { queue: 'inbox' }],
        },
      ],
      queues: { inbox: {} },
    });

    const changed = await project.runCdk('diff', '--fail');
    const deployed = await project.runCdk('deploy', '--all', '--require-approval', 'never');
    await inject('After the move');

    expect(changed.exitStatus).toBe(1);
    expect(deployed.exitStatus, deployed.stderr).toBe(0);
    expect(await takeEvent(clients.sqs, 'postroom-proof-inbox')).toMatchObject({
      subject: 'After the move',
      tags: ['moved'],
      trace: [{ decidedBy: { kind: 'rule', rule: 'moved' } }],
    });
  }, 120_000);

  test('destroy leaves nothing behind and no rule set active', async () => {
    const destroyed = await project.runCdk('destroy', '--all', '--force');

    expect(destroyed.exitStatus, destroyed.stderr).toBe(0);
    expect(await listRemainingResources(clients)).toEqual([]);
    const active = await clients.ses.send(new DescribeActiveReceiptRuleSetCommand({}));
    expect(active.Metadata).toBeUndefined();
    const stacks = await clients.cloudFormation.send(new DescribeStacksCommand({}));
    expect(stacks.Stacks?.map(({ StackName }) => StackName)).toEqual(['CDKToolkit']);
  }, 120_000);
});

/** What a command wrote with `--json`. */
const readLines = (text: string): readonly unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

/** Whether parse-mail reads its queue: what comes while it does not is read as one batch. */
async function setReading({ lambda }: EndpointClients, isEnabled: boolean): Promise<void> {
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  const wanted = isEnabled ? 'Enabled' : 'Disabled';
  for (const { UUID } of EventSourceMappings) {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: isEnabled }));
  }
  await waitFor(`parse-mail's mapping to be ${wanted}`, async () => {
    const listed = await lambda.send(new ListEventSourceMappingsCommand({}));
    return listed.EventSourceMappings?.every(({ State }) => State === wanted) === true
      ? true
      : undefined;
  });
}

/** A notification like any other, of a mail whose bytes are not there. */
function writePoisonedNotification(): string {
  const messageId = 'no-such-object';
  const timestamp = new Date().toISOString();
  return JSON.stringify({
    notificationType: 'Received',
    mail: { timestamp, source: 'ada@example.org', messageId },
    receipt: {
      timestamp,
      recipients: ['support@example.com'],
      action: { type: 'S3', bucketName: MAIL_BUCKET, objectKey: `raw/ses/1/${messageId}` },
    },
  });
}
