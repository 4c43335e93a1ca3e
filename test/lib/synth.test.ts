import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pickParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { SAMPLE } from './synthesized-stacks.ts';

const root = join(import.meta.dirname, '..', '..');
const bin = join(root, 'node_modules', '.bin');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postroom-cdk-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the real CDK command line in a folder that holds one `postroom.config.ts`. */
function runSynth(configuration: unknown, options: readonly string[] = []) {
  writeFileSync(
    join(folder, 'postroom.config.ts'),
    `export default ${JSON.stringify(configuration)};\n`,
  );
  const app = `${join(bin, 'node')} ${join(root, 'bin', 'app.ts')}`;
  return spawnSync(
    join(bin, 'node'),
    [join(bin, 'cdk'), 'synth', '--quiet', '--app', app, ...options],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        CDK_DISABLE_VERSION_CHECK: '1',
      },
    },
  );
}

const readOutput = (...path: readonly string[]): string =>
  readFileSync(join(folder, 'cdk.out', ...path), 'utf8');

/** The folder that becomes a function's code. */
function readAssetPath(stack: string, logicalId: string): string {
  const template = JSON.parse(readOutput(`${stack}.template.json`)) as {
    readonly Resources: Readonly<
      Record<string, { readonly Metadata: Readonly<Record<string, string>> }>
    >;
  };
  const path = template.Resources[logicalId]?.Metadata['aws:asset:path'];
  if (path === undefined) throw new Error(`${stack} has no asset for ${logicalId}`);
  return path;
}

describe('cdk synth', () => {
  it('writes both templates and a bundle for each function', { timeout: 60_000 }, () => {
    const { status, stderr } = runSynth(SAMPLE, ['-c', 'architecture=x86_64']);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).not.toMatch(/warn|flag|deprecated/i);
    expect(readOutput('Postroom.template.json')).toContain('"x86_64"');
    const parseMail = readAssetPath('Postroom', 'ParseMail');
    expect(readOutput(parseMail, 'index.mjs')).toMatch(/createRequire/);
    // What Lambda reports of an error, which a bundle must not shorten.
    expect(readOutput(parseMail, 'index.mjs')).toContain('"EventError"');
    expect(JSON.parse(readOutput(parseMail, 'configuration.json'))).toEqual(
      JSON.parse(JSON.stringify(pickParseMailConfiguration(parseConfiguration(SAMPLE)))),
    );
    const activate = readAssetPath('PostroomReceiving', 'ActivateRuleSet');
    expect(readOutput(activate, 'index.mjs')).toMatch(/createRequire/);
  });

  const MISTAKES = [
    {
      mistake: 'a domain without addresses and without catchAll',
      change: { receiving: { domains: [{ domain: 'example.com' }] } },
      line: 'receiving.domains[0]: expected addresses: […] or catchAll: true, came neither',
    },
    {
      mistake: 'a queue that no rule names',
      change: { queues: { ...SAMPLE.queues, forgotten: {} } },
      line: 'queues.forgotten: no rule names this queue, so nothing could ever reach it; name it in a rule or remove it',
    },
    {
      mistake: 'domains for more than 200 receipt rules',
      change: {
        receiving: {
          domains: Array.from({ length: 100_001 }, (_, index) => ({
            domain: `d${index}.example`,
            catchAll: true,
          })),
        },
      },
      line: 'receiving.domains: expected at most 100000 domains (SES has 200 receipt rules of 500), came 100001',
    },
  ];

  it.each(MISTAKES)(
    'refuses $mistake with its path and no stack',
    { timeout: 60_000 },
    ({ change, line }) => {
      const { status, stderr } = runSynth({ ...SAMPLE, ...change });
      expect(status).not.toBe(0);
      expect(stderr.split('\n')).toContain(line);
      expect(stderr).not.toMatch(/^\s+at /m);
    },
  );

  it('refuses a processor that Lambda has not', { timeout: 60_000 }, () => {
    const { status, stderr } = runSynth(SAMPLE, ['-c', 'architecture=mips']);
    expect(status).not.toBe(0);
    expect(stderr.split('\n')).toContain('-c architecture: expected arm64 or x86_64, came "mips"');
  });
});
