import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPort } from '../../local/emulators/embedded-aws.ts';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { createPolledMailText } from '../support/poll-world.ts';
import type { DovecotMailbox } from '../support/dovecot/dovecot-mailbox.ts';
import { dovecot } from '../support/dovecot/dovecot.ts';
import { type Dovecot, startDovecot } from '../support/dovecot/start-dovecot.ts';
import { describeWith } from '../support/requirement.ts';
import { createSqsEvent } from '../support/sqs-event.ts';
import type { CallPlan } from './call-proxy.ts';
import { drainArrivals } from './event-source.ts';
import { findFaults } from './find-faults.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { createKillPlan } from './kill-at-calls.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { SCENARIO_CONFIGURATION } from './scenarios.ts';

type MailboxInput = NonNullable<ConfigurationInput['mailboxes']>[number];

const PROTOCOLS = ['imap', 'pop3'] as const;
const NAMES = ['one', 'two'];
/** Longer than a lease and an interval. */
const NEXT_POLL_MS = 400_000;
/** LIMIT: more polls than these tests need. */
const MAX_POLLS = 5;

/** What answers for AWS Secrets Manager, which the emulators lack: one secret for all mailboxes. */
async function startSecrets(secret: string) {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ Name: 'mailboxes', SecretString: secret }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${readPort(server)}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describeWith([dovecot], 'poll-mailbox in a process of its own', () => {
  let server: Dovecot;
  let secrets: Awaited<ReturnType<typeof startSecrets>>;
  beforeAll(async () => {
    server = await startDovecot();
    const { credential } = server.createMailbox();
    secrets = await startSecrets(JSON.stringify({ password: credential.password }));
  });
  afterAll(async () => {
    await server.stop();
    await secrets.close();
  });

  /** A mailbox of each run: a world polls one, which is emptied by each run. */
  const createWorld = async (protocol: (typeof PROTOCOLS)[number]) => {
    const mailbox = server.createMailbox();
    const { host, port } = mailbox.createServer(protocol, 'none');
    const configured: MailboxInput = {
      name: 'vendor',
      address: 'vendor@elsewhere.example',
      server: { host, port, security: 'none' },
      protocol,
      user: mailbox.credential.user,
      secret: 'mailboxes',
      begin: 'everything',
      afterwards: 'delete',
    };
    const world = await startMailWorld({
      configuration: { ...SCENARIO_CONFIGURATION, mailboxes: [configured] },
      variables: { AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint },
    });
    return { world, mailbox };
  };

  it.each(PROTOCOLS)(
    'killed at any call lets each mail of %s in once, and deletes it then',
    { timeout: 240_000 },
    async (protocol) => {
      const { world, mailbox } = await createWorld(protocol);
      const poller = createFunctionPool(world, { lambda: 'poll-mailbox' });
      const parseMail = createFunctionPool(world);
      try {
        const room: PolledRoom = { world, mailbox, poller, parseMail };
        const { faults, calls } = await enter(room, `${protocol}-counted`, () => undefined);
        expect(faults).toEqual([]);
        expect(calls).toBeGreaterThan(8);
        for (let index = 0; index < calls; index += 1) {
          for (const when of ['before', 'after'] as const) {
            const run = `${protocol}-${when}-${index}`;
            const killed = await enter(room, run, createKillPlan(poller, { index, when }));
            expect(killed.faults.map((fault) => `${run}: ${fault}`)).toEqual([]);
          }
        }
      } finally {
        await world.close();
      }
    },
  );
});

/** A mailbox, the function that polls it and the one behind it. */
interface PolledRoom {
  readonly world: MailWorld;
  readonly mailbox: DovecotMailbox;
  readonly poller: FunctionPool;
  readonly parseMail: FunctionPool;
}

/** Delivers mails and polls until the mailbox is empty; says what is not as it must be, and how many calls it took. */
async function enter(
  { world, mailbox, poller, parseMail }: PolledRoom,
  run: string,
  plan: CallPlan,
): Promise<{ readonly faults: readonly string[]; readonly calls: number }> {
  mailbox.deliver(NAMES.map((name) => createPolledMailText(`${run}-${name}`)));
  world.proxy.setPlan(plan);
  const faults: string[] = [];
  for (let poll = 0; poll < MAX_POLLS && (await mailbox.listMails()).length > 0; poll += 1) {
    world.clock.offsetMs += NEXT_POLL_MS;
    const running = await poller.read();
    running.setClock(world.clock.offsetMs);
    const scheduledAt = new Date(Date.now() + world.clock.offsetMs).toISOString();
    const wakeUp = { type: 'mailbox.poll', version: 1, mailbox: 'vendor', scheduledAt };
    const end = await running.invoke(createSqsEvent(wakeUp));
    if (end.kind === 'threw') faults.push(`the function threw ${end.name}`);
  }
  if ((await mailbox.listMails()).length > 0) faults.push('mails are left in the mailbox');
  const calls = world.proxy.readCalls().length;
  await drainArrivals(world, { readFunction: () => parseMail.read() });
  const outcomes = [
    NAMES.map((name) => ({
      queue: 'inbox',
      messageId: `${run}-${name}@sender.example`,
      recipients: ['vendor@elsewhere.example'],
    })),
  ];
  faults.push(...(await findFaults(world, { arrivalIds: [], outcomes })));
  return { faults, calls };
}
