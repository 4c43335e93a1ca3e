import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { readConfigurationFile } from '../../adapters/filesystem/configuration-file.ts';
import { CASES } from '../../cli/init/configuration-cases.ts';
import { writeConfigurationSource } from '../../cli/init/write-configuration-source.ts';
import { runPostroom } from '../support/run-postroom.ts';
import { createConfigurationFolder, createTemporaryFolder } from '../support/temporary-folder.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const configurationFile = join(repository, 'postroom.config.ts');

describe.each(CASES)('the configuration that postroom init writes for %s', (name) => {
  const source = writeConfigurationSource({
    case: name,
    domain: 'mail.example.com',
    environment: 'try',
  });

  it('passes the check of configurations', async () => {
    const file = join(createConfigurationFolder(), 'postroom.config.ts');
    writeFileSync(file, source);
    const configuration = await readConfigurationFile(file);
    expect(configuration.environment).toBe('try');
    expect(configuration.receiving.domains[0]?.domain).toBe('mail.example.com');
  });

  it('passes the linter as the repository sets it', async () => {
    const [result] = await new ESLint({ cwd: repository }).lintText(source, {
      filePath: configurationFile,
    });
    expect(result?.messages).toEqual([]);
  });

  it('passes the formatter as the repository sets it', async () => {
    const options = await prettier.resolveConfig(configurationFile);
    expect(await prettier.format(source, { ...options, filepath: configurationFile })).toBe(source);
  });
});

describe('postroom init', () => {
  const flags = ['init', '--case', 'invoices', '--domain', 'example.com'];

  it('writes a configuration that the other commands use', async () => {
    const cwd = createConfigurationFolder();
    const run = await runPostroom([...flags, '--environment', 'live'], { cwd });
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
    expect(run.stdout).toContain('postroom.config.ts is written: invoices for example.com.\n');
    const explained = await runPostroom(['explain', '-'], {
      cwd,
      stdin: 'From: a@example.net\r\nTo: invoices@example.com\r\n\r\nno invoice in here\r\n',
    });
    expect(explained.stdout).toContain('→ questions');
  });

  it('never writes over a file that is there', async () => {
    const cwd = createTemporaryFolder();
    writeFileSync(join(cwd, 'postroom.config.ts'), 'mine');
    const { status, stderr } = await runPostroom(flags, { cwd });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'postroom: init: postroom.config.ts is there already; --force writes over it\n',
    });
    expect(readFileSync(join(cwd, 'postroom.config.ts'), 'utf8')).toBe('mine');
  });

  it('writes over it when told to', async () => {
    const cwd = createTemporaryFolder();
    writeFileSync(join(cwd, 'postroom.config.ts'), 'mine');
    expect((await runPostroom([...flags, '--force'], { cwd })).status).toBe(0);
    expect(readFileSync(join(cwd, 'postroom.config.ts'), 'utf8')).toContain('definePostroom');
  });

  it('asks nothing without a terminal and names the flags that are missing', async () => {
    const { status, stderr } = await runPostroom(['init'], { cwd: createTemporaryFolder() });
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        'postroom: init: expected --case support-desk|invoices|catch-all and --domain NAME, as there is no terminal to ask on\n',
    });
  });

  it('refuses an answer that the configuration would refuse', async () => {
    const { status, stderr } = await runPostroom(
      ['init', '--case', 'catch-all', '--domain', 'no domain'],
      { cwd: createTemporaryFolder() },
    );
    expect(status).toBe(2);
    expect(stderr).toContain('expected a domain name such as example.com');
  });

  it('says why a file cannot be written', async () => {
    const { status, stderr } = await runPostroom([...flags, '--config', 'nowhere/x.ts'], {
      cwd: createTemporaryFolder(),
    });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'postroom: init: nowhere/x.ts cannot be written (ENOENT)\n',
    });
  });
});
