import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { LocalClients } from '../../local/emulators/create-clients.ts';
import { acceptMail } from '../../local/ses/accept-mail.ts';
import { createFunctionPool } from '../kill/function-pool.ts';
import { type MailWorld, startMailWorld } from '../kill/mail-world.ts';
import { createSeededRandom } from '../kill/seeded-random.ts';
import { createSampleConfiguration } from '../support/sample-configuration.ts';
import { wrapPortCalls } from '../support/wrap-port-calls.ts';
import { createChaos } from './create-chaos.ts';
import { createTraffic, type SentMail } from './create-traffic.ts';
import { type Counts, createTally, type Tally } from './tally.ts';
import { workArrivals } from './work-arrivals.ts';

export interface SoakOptions {
  readonly mails: number;
  readonly seed: number;
  /** @default as fast as they are accepted */
  readonly mailsPerSecond?: number;
}

/** What a soak came to. */
export interface SoakResult extends Counts {
  readonly kills: number;
  readonly faults: number;
  readonly seconds: number;
}

/** Functions at once, as Lambda runs more than one. */
const FUNCTIONS = 2;
/** Mails on their way into SES at once. */
const SENDERS = 4;
/** Batches between two looks into the queues, so that these do not grow. */
const BATCHES_BETWEEN_COLLECTIONS = 50;

/** Clients whose topic gets each publication twice, as SNS may do. */
const doublePublications = (clients: LocalClients): LocalClients => ({
  ...clients,
  sns: wrapPortCalls(clients.sns, 'sns', async (_, run) => {
    await run();
    return run();
  }),
});

/** Hands a mail to SES as it is played here: raw to S3, notification to the topic. */
async function sendMail(world: MailWorld, mail: SentMail, tally: Tally): Promise<void> {
  const { recipients, raw, isToldTwice } = mail;
  const { configuration, emulators } = world;
  const dialogue = {
    sender: 'ann@sender.example',
    recipients,
    clientName: 'mx.sender.example',
    clientAddress: '192.0.2.1',
  };
  const messageId = await acceptMail(Readable.from([Buffer.from(raw)]), dialogue, {
    clients: isToldTwice ? doublePublications(emulators.clients) : emulators.clients,
    configuration,
    maxBytes: 1_000_000,
  });
  tally.addSent(mail, messageId);
}

/** Sends all mail, evenly where it is to take its time. */
async function sendTraffic(
  world: MailWorld,
  { mails, seed, mailsPerSecond = Infinity }: SoakOptions,
  tally: Tally,
): Promise<void> {
  const traffic = createTraffic(mails, createSeededRandom(seed));
  const begin = performance.now();
  let sent = 0;
  const takeTurns = async (): Promise<void> => {
    for (const mail of traffic) {
      sent += 1;
      const aheadMs = (sent / mailsPerSecond) * 1000 - (performance.now() - begin);
      if (aheadMs > 0) await wait(aheadMs);
      await sendMail(world, mail, tally);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, takeTurns));
}

/**
 * Sends mail through SES's part, the queues and two processes of the deployed function, whose calls
 * fail and which die at random, until everything is handled; then counts what came out.
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const begin = performance.now();
  const world = await startMailWorld({ configuration: createSampleConfiguration() });
  try {
    const tally = createTally();
    const pools = Array.from({ length: FUNCTIONS }, () => createFunctionPool(world));
    const chaos = createChaos(pools, createSeededRandom(options.seed + 1));
    let isAllSent = false;
    let batches = 0;
    world.proxy.setPlan(chaos.plan);
    const working = pools.map((pool) =>
      workArrivals(world, {
        pool,
        isAllSent: () => isAllSent,
        async onBatch() {
          batches += 1;
          if (batches % BATCHES_BETWEEN_COLLECTIONS !== 0) return;
          // Forgets the calls that it has counted.
          world.proxy.setPlan(chaos.plan);
          await tally.collect(world);
        },
      }),
    );
    const sending = sendTraffic(world, options, tally).then(() => {
      isAllSent = true;
    });
    await Promise.all([sending, ...working]);
    await tally.collect(world);
    return { ...tally.read(), ...chaos.counts, seconds: (performance.now() - begin) / 1000 };
  } finally {
    await world.close();
  }
}

/** The counts as a table. */
export const writeSoakTable = (result: SoakResult): string =>
  [
    ['mails sent in', result.mails],
    ['of which SES told twice', result.toldTwice],
    ['deliveries (mail and recipient) expected', result.deliveries],
    ['deliveries handed over', result.delivered],
    ['deliveries in quarantine or dead letters', result.setAside],
    ['events, each eventId once', result.events],
    ['copies that a consumer drops by eventId', result.copies],
    ['lost', result.lost],
    ['handled twice', result.twice],
    ['copies that are not equal', result.unequal],
    ['deliveries that nobody sent', result.unexpected],
    ['processes killed', result.kills],
    ['calls that failed', result.faults],
    ['seconds', Math.round(result.seconds)],
  ]
    .map(([what, count]) => `${String(what).padEnd(44)}${String(count).padStart(9)}\n`)
    .join('');
