import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Dovecot, startDovecot } from '../test/support/dovecot/start-dovecot.ts';
import { startDelayRelay } from './polling/delay-relay.ts';
import {
  fetchByImapflow,
  fetchByRawSocket,
  type Haul,
  pollByOurs,
  pollIdle,
} from './polling/imap-clients.ts';
import { IMAP_PROGRAMS } from './polling/imap-programs.ts';
import { type BenchTarget, isInstalled, runProgram } from './polling/run-program.ts';
import { createBenchMail, createBenchMails } from './polling/sample-mailbox.ts';

// A whole IMAP poll of 2,000 mails from Dovecot into memory, beside imapflow's bare fetch, a raw
// pipelined socket and the programs that people use, all in one run, since the ratio travels between
// machines and milliseconds do not. Then over a way of 20 ms, then what a poll holds in memory, then
// what an idle poll says. `--huge` adds a mailbox of 100,000 mails.

const ROUNDS = 9;
const ROUND_TRIP_MS = 20;
const WANTED_RATIO = 1.3;
const WANTED_MIB = 180;

type Client = (target: BenchTarget, keep: (chunk: Buffer) => void) => Promise<Haul>;

const CLIENTS: Readonly<Record<string, Client>> = {
  'raw pipelined socket': fetchByRawSocket,
  'imapflow, bare fetch': fetchByImapflow,
  'our session': pollByOurs,
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function time(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The quickest of some rounds, by turns: what else the machine does can only add to a round. */
async function race(target: BenchTarget, rounds: number): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, client] of Object.entries(CLIENTS)) {
      const kept: Buffer[] = [];
      const ms = await time(() => client(target, (chunk) => kept.push(chunk)));
      // The first round warms up.
      if (round > 0) times.set(name, Math.min(times.get(name) ?? Infinity, ms));
    }
  }
  return times;
}

function report(title: string, times: ReadonlyMap<string, number>): number {
  say(`\n${title}`);
  for (const [name, ms] of times) say(`  ${name.padEnd(24)} ${ms.toFixed(0).padStart(7)} ms`);
  const ratio = (times.get('our session') ?? 0) / (times.get('imapflow, bare fetch') ?? 1);
  say(`  our session is ${ratio.toFixed(2)} times imapflow's bare fetch (wanted: ${WANTED_RATIO})`);
  return ratio;
}

async function runPrograms(target: BenchTarget): Promise<void> {
  for (const setup of IMAP_PROGRAMS.filter(isInstalled)) {
    const ms = await runProgram(setup, target);
    say(
      `  ${setup.program.padEnd(24)} ${ms.toFixed(0).padStart(7)} ms, once, into a folder in memory`,
    );
  }
}

/** The most that a process holds, in MiB, which is a bundle as a function's is, and keeps nothing. */
async function measureMemory({ port, credential }: BenchTarget): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-bench-'));
  try {
    const outfile = join(folder, 'read-alone.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'polling', 'read-alone.ts')],
      ...{ outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
      mainFields: ['module', 'main'],
      banner: {
        js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);",
      },
    });
    const words = [outfile, String(port), credential.user, credential.password];
    const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return Number(stdout) / 1024;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a poll says that finds nothing new: the same, whatever the mailbox holds. */
async function countIdle(dovecot: Dovecot): Promise<void> {
  say('\nan idle poll');
  const sizes = process.argv.includes('--huge') ? [100, 10_000, 100_000] : [100, 10_000];
  const mail = createBenchMail(0, 500);
  for (const size of sizes) {
    const { credential, deliver } = dovecot.createMailbox();
    deliver(Array.from({ length: size }, () => mail));
    // Dovecot reads a folder that it has not seen yet.
    await pollIdle({ port: dovecot.ports.imap, credential });
    const relay = await startDelayRelay(dovecot.ports.imap, 0);
    const ms = await time(() => pollIdle({ port: relay.port, credential }));
    say(
      `  of ${String(size).padStart(7)} mails: ${relay.lines()} lines sent, ${relay.receivedBytes()} bytes received, ${ms.toFixed(0)} ms`,
    );
    relay.stop();
  }
}

async function compare(): Promise<void> {
  const dovecot = await startDovecot();
  try {
    const mailbox = dovecot.createMailbox();
    const mails = createBenchMails();
    mailbox.deliver(mails);
    const { credential } = mailbox;
    const near = { port: dovecot.ports.imap, credential };
    const megabytes = mails.reduce((sum, mail) => sum + mail.length, 0) / 1_000_000;
    const ratio = report(
      `${mails.length} mails of ${megabytes.toFixed(0)} MB, the quickest of ${ROUNDS} rounds`,
      await race(near, ROUNDS),
    );
    await runPrograms(near);

    const relay = await startDelayRelay(dovecot.ports.imap, ROUND_TRIP_MS);
    report(`the same over ${ROUND_TRIP_MS} ms`, await race({ ...near, port: relay.port }, 3));
    relay.stop();

    const large = dovecot.createMailbox();
    large.deliver([createBenchMail(0, 40_000_000), ...mails, createBenchMail(1, 40_000_000)]);
    const held = await measureMemory({ ...near, credential: large.credential });
    say(
      `\nmost memory of a process that reads these and two mails of 40 MB: ${held.toFixed(0)} MiB (wanted: below ${WANTED_MIB})`,
    );

    await countIdle(dovecot);
    if (ratio > WANTED_RATIO || held > WANTED_MIB) process.exitCode = 1;
  } finally {
    await dovecot.stop();
  }
}

await compare();
