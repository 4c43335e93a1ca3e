import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeLocalEndpoints } from '../../local/endpoints.ts';
import { startEmbeddedSqs, toAwsVariables } from '../support/embedded-sqs.ts';
import { runPostroom } from '../support/run-postroom.ts';
import {
  createCommandLineConfiguration,
  createSampleFolder,
} from '../support/command-line-sample.ts';
import { createSampleEvent } from '../support/sample-event.ts';

async function startDeployed() {
  const sqs = await startEmbeddedSqs(createCommandLineConfiguration());
  const cwd = createSampleFolder();
  const env = toAwsVariables(sqs.endpoint);
  const run = (...args: readonly string[]) =>
    runPostroom(['queue', ...args, '--env', 'dev'], { cwd, env });
  return { sqs, run };
}

describe('postroom queue --env', () => {
  it('lists every queue with what waits in it and what is dead', async () => {
    const { sqs, run } = await startDeployed();
    await sqs.sendMessage('postroom-dev-support', '1');
    await sqs.sendMessage('postroom-dev-support', '2');
    await sqs.sendMessage('postroom-dev-orders-dead.fifo', '3');
    await sqs.sendMessage('postroom-dev-arrivals-topic-dead', '4');
    expect((await run()).stdout.split('\n')).toEqual([
      'queue              ready in flight      dead',
      'arrivals-topic         0         0         1  ✗',
      'drops                  0         0         0',
      'reconcile              0         0         0',
      'arrivals               0         0         0',
      'support                2         0         0',
      'orders                 0         0         1  ✗',
      '',
    ]);
  });

  it('lists every queue as an object a line', async () => {
    const { sqs, run } = await startDeployed();
    await sqs.sendMessage('postroom-dev-orders.fifo', '1');
    const lines = (await run('--json')).stdout.trimEnd().split('\n');
    expect(lines[5]).toBe('{"queue":"orders","ready":1,"inFlight":0,"dead":0}');
    expect(lines).toHaveLength(6);
  });

  it('says which queues are not there', async () => {
    const sqs = await startEmbeddedSqs();
    const run = await runPostroom(['queue', '--env', 'dev'], {
      cwd: createSampleFolder(),
      env: toAwsVariables(sqs.endpoint),
    });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain('support         ✗ not there\n');
  });

  it('shows the events in a queue and leaves them to its consumers at once', async () => {
    const { sqs, run } = await startDeployed();
    await sqs.sendMessage('postroom-dev-support', JSON.stringify(createSampleEvent()));
    const { status, stdout, stderr } = await run('support');
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'The printer burns',
      '  ann@example.net → support@example.com',
      '  by rule support, 1.2 kB',
      '  e1-sample',
    ]);
    expect(stderr).toBe(
      'SQS counts this look as a receive; after 5 a message goes to the dead-letter queue\n',
    );
    expect(await sqs.receiveCounts('postroom-dev-support')).toEqual([2]);
  });

  it('does not hold up the group of a FIFO queue', async () => {
    const { sqs, run } = await startDeployed();
    await sqs.sendMessage('postroom-dev-orders.fifo', 'first');
    await sqs.sendMessage('postroom-dev-orders.fifo', 'second');
    expect((await run('orders', '--json')).stdout).toContain('"first"\n');
    expect(await sqs.receiveCounts('postroom-dev-orders.fifo')).toContain(2);
  });

  it('looks no more when a further look could send a message to the dead', async () => {
    const { sqs, run } = await startDeployed();
    await sqs.sendMessage('postroom-dev-support', 'x');
    for (const receives of [1, 2, 3]) {
      expect((await run('support')).stderr, `receive ${receives}`).not.toContain('another look');
    }
    expect((await run('support')).stderr).toContain(
      'a message here has 4 of 5 receives: another look could send it to the dead-letter queue\n',
    );
    const refused = await run('support');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('postroom: support: not looked, as at the look of ');
    expect((await run('support', '--anyway')).status).toBe(0);
  });

  it('shows what the topic could not deliver, which no consumer reads', async () => {
    const { sqs, run } = await startDeployed();
    await sqs.sendMessage('postroom-dev-arrivals-topic-dead', 'x');
    const { stdout, stderr } = await run('arrivals-topic', '--json');
    expect({ stdout, stderr }).toEqual({ stdout: '"x"\n', stderr: '' });
  });

  it('shows what is dead as often as anyone likes', async () => {
    const { sqs, run } = await startDeployed();
    await sqs.sendMessage('postroom-dev-support-dead', 'x');
    const { stdout, stderr } = await run('support', '--dead', '--json');
    expect({ stdout, stderr }).toEqual({ stdout: '"x"\n', stderr: '' });
  });

  it('names the nearest queue for one it does not know', async () => {
    const { run } = await startDeployed();
    const { status, stderr } = await run('suport');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        'postroom: queue: expected one of arrivals-topic, drops, reconcile, arrivals, support, orders, came "suport"; did you mean support?\n',
    });
  });

  it('says in one line that AWS does not answer', async () => {
    const { status, stderr } = await runPostroom(['queue', '--env', 'dev'], {
      cwd: createSampleFolder(),
      env: toAwsVariables('http://127.0.0.1:1'),
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'postroom: sqs:GetQueueUrl got no answer (ECONNREFUSED); check the network, AWS_REGION and AWS_ENDPOINT_URL\n',
    });
  });

  it('says in one line that there are no credentials', async () => {
    const { status, stderr } = await runPostroom(['queue', '--env', 'dev'], {
      cwd: createSampleFolder(),
      env: { AWS_REGION: 'eu-west-1' },
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'postroom: no AWS credentials; set AWS_PROFILE or sign in (`aws sso login`)\n',
    });
  });
});

describe('postroom queue on this machine', () => {
  async function startLocal() {
    const sqs = await startEmbeddedSqs(createCommandLineConfiguration());
    const cwd = createSampleFolder();
    mkdirSync(join(cwd, '.postroom'));
    writeLocalEndpoints(join(cwd, '.postroom'), {
      pid: process.pid,
      awsEndpoint: sqs.endpoint,
      dynamodbEndpoint: sqs.endpoint,
      smtpPort: 2525,
      region: 'us-east-1',
      account: '000000000000',
      environment: 'dev',
      mailBucket: 'mail',
      queueUrlBase: `${sqs.endpoint}/000000000000/`,
    });
    const run = (...args: readonly string[]) => runPostroom(['queue', ...args], { cwd });
    return { sqs, run };
  }

  it('says how to start a local run when there is none', async () => {
    const { status, stderr } = await runPostroom(['queue'], { cwd: createSampleFolder() });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'postroom: queue: no local run in this folder; start one with `npm start`, or look at what is deployed with --env NAME\n',
    });
  });

  it('lists the queues of the local run', async () => {
    const { sqs, run } = await startLocal();
    await sqs.sendMessage('postroom-dev-orders.fifo', '1');
    expect((await run()).stdout).toContain('orders                 1         0         0\n');
  });

  it('shows events without receiving them', async () => {
    const { sqs, run } = await startLocal();
    await sqs.sendMessage('postroom-dev-support', JSON.stringify(createSampleEvent()));
    const { stdout, stderr } = await run('support');
    expect(stdout).toContain('The printer burns\n');
    expect(stdout).toContain(', never received\n');
    expect(stderr).toBe('');
    expect(await sqs.receiveCounts('postroom-dev-support')).toEqual([1]);
  });

  it('shows no more than was asked for, and says so', async () => {
    const { sqs, run } = await startLocal();
    for (const body of ['1', '2', '3']) await sqs.sendMessage('postroom-dev-support', body);
    const { stdout, stderr } = await run('support', '--limit', '2', '--json');
    expect({ stdout, stderr }).toEqual({ stdout: '1\n2\n', stderr: 'showing 2 of 3\n' });
  });

  it('says that a queue is empty', async () => {
    const { run } = await startLocal();
    expect((await run('support')).stderr).toBe('support: nothing is waiting\n');
    expect((await run('support', '--dead')).stderr).toBe('support: nothing is dead\n');
  });
});
