import { createServer } from 'node:http';
import { once } from 'node:events';
import { readPort } from '../../local/emulators/embedded-aws.ts';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import type { MailboxServer } from '../../mail/ports/mailbox-ports.ts';
import type { DovecotMailbox } from '../support/dovecot/dovecot-mailbox.ts';
import { startDovecot } from '../support/dovecot/start-dovecot.ts';
import { createPolledMailText } from '../support/poll-world.ts';
import { createSqsEvent } from '../support/sqs-event.ts';
import type { CallPlan } from './call-proxy.ts';
import { drainArrivals } from './event-source.ts';
import { findFaults } from './find-faults.ts';
import { createFunctionPool, type FunctionPool } from './function-pool.ts';
import { createKillPlan, describePosition, type KillPosition } from './kill-at-calls.ts';
import { type MailWorld, startMailWorld } from './mail-world.ts';
import { SCENARIO_CONFIGURATION } from './scenarios.ts';

type MailboxInput = NonNullable<ConfigurationInput['mailboxes']>[number];
type Protocol = MailboxServer['protocol'];

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

/** A mailbox, the function that polls it and the one behind it. */
interface KilledRoom {
  readonly world: MailWorld;
  readonly mailbox: DovecotMailbox;
  readonly poller: FunctionPool;
  readonly parseMail: FunctionPool;
}

/** Opens rooms, each with a mailbox of its own, which a poll empties. */
export interface PollServer {
  readonly openRoom: (protocol: Protocol) => Promise<KilledRoom>;
  readonly stop: () => Promise<void>;
}

const configureMailbox = (mailbox: DovecotMailbox, protocol: Protocol): MailboxInput => {
  const { host, port } = mailbox.createServer(protocol, 'none');
  return {
    name: 'vendor',
    address: 'vendor@elsewhere.example',
    server: { host, port, security: 'none' },
    protocol,
    user: mailbox.credential.user,
    secret: 'mailboxes',
    begin: 'everything',
    afterwards: 'delete',
  };
};

/** Starts the Dovecot that is polled, and what answers for Secrets Manager. */
export async function startPollServer(): Promise<PollServer> {
  const server = await startDovecot();
  const { credential } = server.createMailbox();
  const secrets = await startSecrets(JSON.stringify({ password: credential.password }));
  return {
    async openRoom(protocol) {
      const mailbox = server.createMailbox();
      const mailboxes = [configureMailbox(mailbox, protocol)];
      const world = await startMailWorld({
        configuration: { ...SCENARIO_CONFIGURATION, mailboxes },
        variables: { AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint },
      });
      const poller = createFunctionPool(world, { lambda: 'poll-mailbox' });
      return { world, mailbox, poller, parseMail: createFunctionPool(world) };
    },
    async stop() {
      await server.stop();
      await secrets.close();
    },
  };
}

/** Polls until the mailbox is empty. */
async function pollAll({ world, mailbox, poller }: KilledRoom) {
  const faults: string[] = [];
  let deaths = 0;
  for (let poll = 0; poll < MAX_POLLS && (await mailbox.listMails()).length > 0; poll += 1) {
    world.clock.offsetMs += NEXT_POLL_MS;
    const running = await poller.read();
    running.setClock(world.clock.offsetMs);
    const scheduledAt = new Date(Date.now() + world.clock.offsetMs).toISOString();
    const wakeUp = { type: 'mailbox.poll', version: 1, mailbox: 'vendor', scheduledAt };
    const end = await running.invoke(createSqsEvent(wakeUp));
    if (end.kind === 'threw') faults.push(`the function threw ${end.name}`);
    if (end.kind === 'died') deaths += 1;
  }
  if ((await mailbox.listMails()).length > 0) faults.push('mails are left in the mailbox');
  return { faults, deaths };
}

/** Delivers mails and polls until the mailbox is empty; says what is not as it must be. */
async function enter(room: KilledRoom, run: string, plan: CallPlan) {
  const { world, mailbox, parseMail } = room;
  mailbox.deliver(NAMES.map((name) => createPolledMailText(`${run}-${name}`)));
  world.proxy.setPlan(plan);
  const { faults, deaths } = await pollAll(room);
  const calls = world.proxy.readCalls().length;
  await drainArrivals(world, { readFunction: () => parseMail.read() });
  const outcomes = [
    NAMES.map((name) => ({
      queue: 'inbox',
      messageId: `${run}-${name}@sender.example`,
      recipients: ['vendor@elsewhere.example'],
    })),
  ];
  return {
    calls,
    deaths,
    faults: [...faults, ...(await findFaults(world, { arrivalIds: [], outcomes }))],
  };
}

/** What came of killing poll-mailbox again and again. */
export interface PollKills {
  /** The calls of a poll that nothing disturbs. */
  readonly calls: number;
  /** How often it was to be killed. */
  readonly positions: number;
  readonly deaths: number;
  /** A line for each thing that was not as it must be. */
  readonly faults: readonly string[];
}

/**
 * Polls two mails again and again, and kills poll-mailbox before and after each of its calls to AWS.
 *
 * @param choose Takes some of the positions. @default all
 */
export async function killPolls(
  server: PollServer,
  protocol: Protocol,
  choose = (positions: readonly KillPosition[]) => positions,
): Promise<PollKills> {
  const room = await server.openRoom(protocol);
  try {
    // A mailbox's first poll writes down where it begins, which no later one does.
    const first = await enter(room, `${protocol}-first`, () => undefined);
    const { calls, ...counted } = await enter(room, `${protocol}-counted`, () => undefined);
    const faults = [...first.faults, ...counted.faults];
    const positions = choose(
      Array.from({ length: calls * 2 }, (_, rank) => ({
        index: Math.floor(rank / 2),
        when: rank % 2 === 0 ? 'before' : 'after',
      })),
    );
    let deaths = 0;
    for (const position of positions) {
      const run = `${protocol}-${position.when}-${position.index}`;
      const killed = await enter(room, run, createKillPlan(room.poller, position));
      deaths += killed.deaths;
      faults.push(...killed.faults.map((fault) => `${describePosition(position)}: ${fault}`));
    }
    return { calls, positions: positions.length, deaths, faults };
  } finally {
    await room.world.close();
  }
}
