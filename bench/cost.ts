// What a mail costs: the real function over its real adapters, on emulators, each request to AWS
// counted by the SDK's middleware and priced by bench/prices.ts; and what the stacks cost while no
// mail comes, from their templates. Run with `npm run bench:cost`.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfigurationFile } from '../adapters/filesystem/configuration-file.ts';
import { synthesizeStacks } from '../cli/sam/synthesize-function.ts';
import type { Configuration } from '../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../mail/configuration/parse-configuration.ts';
import { createSampleConfiguration } from '../test/support/sample-configuration.ts';
import { SAMPLE_SERVER_MAILBOX } from '../test/support/sample-mailbox.ts';
import { type CostLine, sumDollars, writeCosts } from './cost/cost-line.ts';
import { measureLog } from './cost/measure-log.ts';
import { priceIdleStack, templateSchema } from './cost/price-idle-stack.ts';
import {
  type MeasuredFunction,
  type MeasuredMails,
  priceMail,
  readBilledMs,
} from './cost/price-mail.ts';
import { createMailboxFunction, type MailboxFunction } from './metering/mailbox-function.ts';
import { type MeteredRoom, openMeteredRoom } from './metering/metered-room.ts';
import { createSampleMail } from './metering/sample-mails.ts';
import { PRICES } from './prices.ts';

const ROOT = join(import.meta.dirname, '..');
/** What a million mails of 20 KB may cost at most, in batches of ten. */
const WANTED_DOLLARS = 11;
/** What a month without a mail may cost at most. */
const WANTED_IDLE_DOLLARS = 5;
const MAILS = 200;
const WARM_UP_MAILS = 100;
const RECIPIENT = 'support@example.com';

/** Every five minutes. */
const IDLE_POLLS_A_MONTH = 12 * 24 * 30;
/** What a poll waits for the mail server: a dozen commands of 60 ms and TLS. An assumption. */
const SERVER_WAITING_MS = 1_000;

/** The configuration with one mailbox, whatever mailboxes it had. */
function addMailbox(configuration: Configuration, protocol: 'imap' | 'pop3'): Configuration {
  const { mailboxes } = parseConfiguration({
    ...createSampleConfiguration(),
    mailboxes: [{ ...SAMPLE_SERVER_MAILBOX, address: RECIPIENT, protocol, begin: 'everything' }],
  });
  return { ...configuration, mailboxes };
}

type DoorName = keyof MeteredRoom['doors'];
/** Those that there are, each with a bill of its own. */
const DOORS: readonly DoorName[] = ['ses', 'drop'];
/** The function that S3 tells of a door's objects. */
const OBJECT_FUNCTIONS = { ses: 'reconcile-arrivals', drop: 'enter-drops' } as const;

async function acceptMails(
  room: MeteredRoom,
  door: DoorName,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    await room.doors[door](createSampleMail(index), [RECIPIENT]);
  }
}

interface DoorUse {
  readonly door: DoorName;
  readonly batchSize: number;
  readonly mails: { readonly from: number; readonly count: number };
}

/** Mails through one door, from beginning to end. */
async function runMails(room: MeteredRoom, { door, batchSize, mails }: DoorUse) {
  const name = OBJECT_FUNCTIONS[door];
  const begin = { requests: room.meter.requests.length, batches: room.reports.length };
  await acceptMails(room, door, mails);
  // Drops must be entered before they arrive; what SES wrote is looked at long after it has arrived.
  const dropped = door === 'drop' ? await room.objects.handle(name, batchSize) : undefined;
  const processorMs = await room.handleArrivals(batchSize);
  const objects = dropped ?? (await room.objects.handle(name, batchSize));
  const [report] = room.reports.slice(begin.batches);
  if (report === undefined) throw new Error('expected a batch');
  const { failed: _, ...counts } = report;
  const parseMail: MeasuredFunction = {
    name: 'parse-mail',
    memoryMegabytes: 512,
    batches: room.reports.length - begin.batches,
    processorMs,
    logBytesOfBatch: measureLog(counts),
  };
  const logBytesOfBatch = measureLog({ records: batchSize, outcomes: { known: batchSize } });
  return {
    mails: mails.count,
    requests: room.meter.requests.slice(begin.requests),
    functions: [parseMail, { name, memoryMegabytes: 256, ...objects, logBytesOfBatch }],
  };
}

/** Mails through one door, the functions warm. */
async function measureDoor(
  configuration: Configuration,
  door: DoorName,
  batchSize: number,
): Promise<MeasuredMails> {
  const room = await openMeteredRoom(configuration);
  try {
    await runMails(room, { door, batchSize, mails: { from: 0, count: WARM_UP_MAILS } });
    return await runMails(room, { door, batchSize, mails: { from: WARM_UP_MAILS, count: MAILS } });
  } finally {
    await room.close();
  }
}

/** Polls of so many mails each, the last `polls` of them on the bill. */
async function measurePolls(
  room: MeteredRoom,
  mailbox: MailboxFunction,
  { polls, mailsOfPoll }: { readonly polls: number; readonly mailsOfPoll: number },
): Promise<MeasuredMails> {
  const begin = { requests: room.meter.requests.length, batches: room.reports.length };
  let pollMs = 0;
  let parseMs = 0;
  let logBytesOfBatch = 0;
  for (let poll = 0; poll < polls; poll += 1) {
    for (let left = mailsOfPoll; left > 0; left -= 1)
      mailbox.deliver(createSampleMail((polled += 1)));
    const { report, processorMs } = await mailbox.poll();
    if (report.mails !== mailsOfPoll) throw new Error('expected every mail to come in');
    pollMs += processorMs;
    logBytesOfBatch = measureLog({ ...report });
    if (mailsOfPoll > 0) parseMs += await room.handleArrivals(mailsOfPoll);
  }
  const pollFunction = {
    ...{ name: 'poll-mailbox', memoryMegabytes: 256, batches: polls, processorMs: pollMs },
    ...{ logBytesOfBatch, waitingMs: SERVER_WAITING_MS },
  };
  const batches = room.reports.length - begin.batches;
  const parseMail = {
    ...{ name: 'parse-mail', memoryMegabytes: 512, batches, processorMs: parseMs },
    logBytesOfBatch: measureLog({ records: mailsOfPoll, outcomes: { done: mailsOfPoll } }),
  };
  return {
    // An idle poll is a bill of its own.
    mails: polls * Math.max(1, mailsOfPoll),
    requests: room.meter.requests.slice(begin.requests),
    functions: batches > 0 ? [pollFunction, parseMail] : [pollFunction],
  };
}

let polled = 0;

/** What mails of a mailbox cost, and its polls while none comes. */
async function writePolledDoor(input: Configuration, protocol: 'imap' | 'pop3'): Promise<void> {
  const configuration = addMailbox(input, protocol);
  const room = await openMeteredRoom(configuration);
  const mailbox = createMailboxFunction(room, configuration);
  try {
    await measurePolls(room, mailbox, { polls: 10, mailsOfPoll: 10 });
    for (const mailsOfPoll of [10, 1]) {
      const lines = priceMail(await measurePolls(room, mailbox, { polls: 20, mailsOfPoll }));
      const heading = `a million mails of 20 KB, half with an attachment: ${protocol}, ${mailsOfPoll} a poll`;
      write(writeCosts(heading, 'per mail', lines));
    }
    const idle = priceMail(await measurePolls(room, mailbox, { polls: 50, mailsOfPoll: 0 }));
    const month = idle.map(({ what, count, dollars }) => ({
      what,
      count: count * IDLE_POLLS_A_MONTH,
      dollars: (dollars * IDLE_POLLS_A_MONTH) / 1e6,
    }));
    write(writeCosts(`a mailbox without new mail: ${protocol}, every 5 minutes`, 'a month', month));
  } finally {
    mailbox.close();
    await room.close();
  }
}

async function readTemplates() {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-cost-'));
  try {
    await synthesizeStacks({ root: ROOT, outputFolder: folder, environment: process.env });
    return readdirSync(folder)
      .filter((name) => name.endsWith('.template.json'))
      .map((name) => templateSchema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says whether a wish is met, and makes the command fail where it is not. */
function judge(what: string, lines: readonly CostLine[], wanted: number): string {
  const isKept = sumDollars(lines) <= wanted;
  if (!isKept) process.exitCode = 1;
  return `${what}: wanted at most $${wanted.toFixed(2)}, ${isKept ? 'kept' : 'MISSED'}`;
}

const write = (text: string): void => {
  process.stdout.write(`${text}\n\n`);
};

/** What is paid beside the design's budget: SES's own price, and a month of keeping it all. */
function writeApart(): string {
  const gigabytes = (20 * 1024 * 1e6) / 1e9;
  const perMillion = (PRICES.sesPerMail + PRICES.sesPerChunk) * 1e6;
  const kept = gigabytes * PRICES.s3PerGbMonth;
  return `apart from that: SES takes $${perMillion.toFixed(2)} for receiving them; their raw bytes cost $${kept.toFixed(2)} for each month that they are kept`;
}

const configuration = await readConfigurationFile(join(ROOT, 'postroom.config.ts'));
for (const door of DOORS) {
  for (const batchSize of [10, 1]) {
    const measured = await measureDoor(configuration, door, batchSize);
    const lines = priceMail(measured);
    const heading = `a million mails of 20 KB, half with an attachment: ${door}, batches of ${batchSize}`;
    write(writeCosts(heading, 'per mail', lines));
    for (const one of measured.functions) {
      const perMail = (one.processorMs / measured.mails).toFixed(1);
      write(
        `${one.name}: ${perMail} ms of this processor a mail, billed as ${readBilledMs(one).toFixed(0)} ms a batch`,
      );
    }
    // A drop pays for two objects, its own and the one that is kept: the wish is for mail by SES.
    if (batchSize === 10 && door === 'ses')
      write(judge('a million mails through ses', lines, WANTED_DOLLARS));
  }
}
for (const protocol of ['imap', 'pop3'] as const) await writePolledDoor(configuration, protocol);
write(writeApart());
const idle = priceIdleStack(await readTemplates());
write(writeCosts('a month without a mail', 'a month', idle));
write(judge('a month without a mail', idle, WANTED_IDLE_DOLLARS));
