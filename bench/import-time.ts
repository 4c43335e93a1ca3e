import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as z from 'zod';
import { describeArchitecture, synthesizeStacks } from '../cli/sam/synthesize-function.ts';

// Import time of each function's bundle, as it is deployed: what a cold start waits for before the
// first mail. In fresh processes, beside an empty module and a bundle of the AWS clients alone, all
// in one run, since the ratio travels between machines and milliseconds do not.

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 15;
/** What parse-mail may take here. */
const PARSE_MAIL_WANTED_MS = 110;

/** Variables that the functions want at their start. */
const VARIABLES = {
  MAIL_BUCKET: 'bucket',
  QUEUE_URL_BASE: 'https://sqs.us-east-1.amazonaws.com/000000000000/',
  AWS_REGION: 'us-east-1',
  TABLE_NAME: 'postroom-bench',
  DROP_BUCKET: 'drop-bucket',
};

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Metadata: z.object({ 'aws:asset:path': z.string() }).partial().optional(),
    }),
  ),
});

interface Subject {
  readonly name: string;
  readonly folder: string;
}

/** The folders of the functions' bundles, by the functions' ids. */
async function synthesizeBundles(outputFolder: string): Promise<readonly Subject[]> {
  await synthesizeStacks({ root: ROOT, outputFolder, environment: process.env });
  return readdirSync(outputFolder)
    .filter((name) => name.endsWith('.template.json'))
    .flatMap((name) => {
      const text = readFileSync(join(outputFolder, name), 'utf8');
      const { Resources } = templateSchema.parse(JSON.parse(text));
      return Object.entries(Resources).flatMap(([id, { Type, Metadata }]) => {
        const path = Metadata?.['aws:asset:path'];
        // CDK's own functions are no bundles of ours.
        const isOurs = Type === 'AWS::Lambda::Function' && !id.startsWith('Custom');
        return isOurs && path !== undefined ? [{ name: id, folder: join(outputFolder, path) }] : [];
      });
    });
}

/** The floor: no module at all, and the clients that parse-mail cannot do without. */
async function buildPeers(folder: string): Promise<readonly Subject[]> {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'index.mjs'), '');
  const clients = join(folder, 'clients');
  await build({
    stdin: {
      contents: `export { S3Client, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
export { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';`,
      resolveDir: ROOT,
    },
    outfile: join(clients, 'index.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return [
    { name: 'an empty module', folder: empty },
    { name: 'the two AWS clients', folder: clients },
  ];
}

function measureImportMs({ name, folder }: Subject): number {
  const script = `const start = performance.now();
await import(${JSON.stringify(join(folder, 'index.mjs'))});
process.stdout.write(String(performance.now() - start));
process.exit();`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    {
      encoding: 'utf8',
      cwd: folder,
      env: { ...process.env, ...VARIABLES, LAMBDA_TASK_ROOT: folder },
    },
  );
  if (status !== 0) throw new Error(`${name} does not import: ${stderr}`);
  return Number(stdout);
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;

function measure(subjects: readonly Subject[]): ReadonlyMap<string, number> {
  const times = new Map(subjects.map(({ name }) => [name, [] as number[]]));
  // Round by round, so that a busy moment of the machine falls on all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const subject of subjects) times.get(subject.name)?.push(measureImportMs(subject));
  }
  return new Map(Array.from(times, ([name, values]) => [name, median(values)]));
}

const folder = mkdtempSync(join(tmpdir(), 'postroom-bench-'));
try {
  const peers = await buildPeers(folder);
  const functions = await synthesizeBundles(join(folder, 'cdk.out'));
  const medians = measure([...peers, ...functions]);
  const [emptyMs = NaN, clientsMs = NaN] = peers.map(({ name }) => medians.get(name));
  process.stdout.write(
    `Import time, median of ${ROUNDS} fresh processes, Node ${process.versions.node}, ${describeArchitecture()}\n\n`,
  );
  for (const [name, ms] of medians) {
    const ratios = `${(ms / emptyMs).toFixed(1)} x empty, ${(ms / clientsMs).toFixed(2)} x the clients`;
    process.stdout.write(`${name.padEnd(22)}${ms.toFixed(1).padStart(7)} ms   ${ratios}\n`);
  }
  const parseMailMs = medians.get('ParseMail') ?? NaN;
  const isWithin = parseMailMs < PARSE_MAIL_WANTED_MS;
  process.stdout.write(
    `\nParseMail: wanted below ${PARSE_MAIL_WANTED_MS} ms, ${isWithin ? 'kept' : 'MISSED'}\n`,
  );
  if (!isWithin) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
