// A whole POP3 poll of 2,000 mails from Dovecot into memory, beside a raw pipelined socket and the
// programs that people use, in one run: the ratio travels between machines, milliseconds do not. Then
// 200 mails over a way of 20 ms, and what a poll holds in memory. Run with `npm run bench:poll-pop3`.
import { spawnSync } from 'node:child_process';
import { startDovecot } from '../test/support/dovecot/start-dovecot.ts';
import { startDelayRelay } from './polling/delay-relay.ts';
import {
  type Pop3Client,
  type Pop3Target,
  pollByOurs,
  pollIdle,
  readByRawSocket,
} from './polling/pop3-clients.ts';
import { POP3_PROGRAMS } from './polling/pop3-programs.ts';
import { isInstalled, runProgram } from './polling/run-program.ts';
import { createBenchMail, createBenchMails } from './polling/sample-mailbox.ts';

const ROUNDS = 7;
const ROUND_TRIP_MS = 20;
const FAR_MAILS = 200;
const WANTED_RATIO = 1.3;
const WANTED_FAR_MS = 160;
const WANTED_MIB = 180;

const OURS = 'our session';
const RAW = 'raw pipelined socket';
const CLIENTS: Readonly<Record<string, Pop3Client>> = {
  [RAW]: readByRawSocket,
  [OURS]: pollByOurs,
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const sayTime = (name: string, ms: number | undefined): void => {
  say(`  ${name.padEnd(24)} ${(ms ?? NaN).toFixed(0).padStart(7)} ms`);
};

const findMedian = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;

async function measure(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Rounds by turns, so that what else the machine does is shared by all. */
async function race(target: Pop3Target): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>();
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, client] of Object.entries(CLIENTS)) {
      const kept: Buffer[] = [];
      const ms = await measure(() => client(target, (bytes) => kept.push(bytes)));
      if (round > 0) times.set(name, [...(times.get(name) ?? []), ms]);
    }
  }
  return new Map(Array.from(times, ([name, values]) => [name, findMedian(values)]));
}

async function runPrograms(target: Pop3Target): Promise<void> {
  for (const program of POP3_PROGRAMS) {
    if (isInstalled(program))
      sayTime(`${program.program}, once`, await runProgram(program, target));
    else say(`  ${program.program.padEnd(24)} not installed`);
  }
}

/** In a process of its own, which keeps nothing: the most that it held, in MiB. */
function measureMemory({ port, credential, mails }: Pop3Target): number {
  const words = [import.meta.filename, String(port), credential.user, credential.password];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...words, String(mails)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout) / 1024 / 1024;
}

async function readAlone([
  port,
  user = '',
  password = '',
  mails,
]: readonly string[]): Promise<void> {
  const credential = { kind: 'password', user, password } as const;
  let held = 0;
  // Not `maxRSS`: Linux hands that of the parent on to its children.
  await pollByOurs({ port: Number(port), credential, mails: Number(mails) }, () => {
    held = Math.max(held, process.memoryUsage.rss());
  });
  say(String(held));
}

async function compare(): Promise<boolean> {
  const dovecot = await startDovecot();
  try {
    const fill = (mails: readonly Buffer[]): Pop3Target => {
      const mailbox = dovecot.createMailbox();
      mailbox.deliver(mails);
      return { port: dovecot.ports.pop3, credential: mailbox.credential, mails: mails.length };
    };
    const mails = createBenchMails();
    const near = fill(mails);
    const megabytes = mails.reduce((sum, { length }) => sum + length, 0) / 1_000_000;
    say(`${mails.length} mails of ${megabytes.toFixed(0)} MB, median of ${ROUNDS} rounds`);
    const times = await race(near);
    for (const [name, ms] of times) sayTime(name, ms);
    await runPrograms(near);
    const ratio = (times.get(OURS) ?? NaN) / (times.get(RAW) ?? NaN);
    say(`  our session takes ${ratio.toFixed(2)} times the raw socket (wanted: ${WANTED_RATIO})`);

    const far = fill(mails.slice(0, FAR_MAILS));
    const relay = await startDelayRelay(far.port, ROUND_TRIP_MS);
    say(`\n${FAR_MAILS} mails over a way of ${ROUND_TRIP_MS} ms`);
    const farTimes = await race({ ...far, port: relay.port });
    for (const [name, ms] of farTimes) sayTime(name, ms);
    await runPrograms({ ...far, port: relay.port });
    relay.stop();
    const farMs = farTimes.get(OURS) ?? NaN;
    say(`  our session takes ${farMs.toFixed(0)} ms (wanted: below ${WANTED_FAR_MS})`);

    const large = [0, 1].map((index) => createBenchMail(index, 40_000_000));
    const held = measureMemory(fill([...large, ...mails]));
    say(
      `\nmost memory with two mails of 40 MB beside: ${held.toFixed(0)} MiB (wanted: below ${WANTED_MIB})`,
    );

    say('\na poll of a mailbox in which nothing changed');
    for (const size of [100, 10_000]) {
      const mail = createBenchMail(0, 500);
      const idle = fill(Array.from({ length: size }, () => mail));
      // Dovecot reads a folder that it has not seen yet.
      await pollIdle(idle);
      const counted = await startDelayRelay(idle.port, 0);
      await pollIdle({ ...idle, port: counted.port });
      say(
        `  ${String(size).padStart(7)} mails: ${counted.lines()} commands, ${counted.receivedBytes()} bytes`,
      );
      counted.stop();
    }
    return ratio <= WANTED_RATIO && farMs < WANTED_FAR_MS && held < WANTED_MIB;
  } finally {
    await dovecot.stop();
  }
}

const words = process.argv.slice(2);
if (words.length > 0) await readAlone(words);
else if (!(await compare())) process.exitCode = 1;
