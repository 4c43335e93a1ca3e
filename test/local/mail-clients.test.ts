import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { formatReady } from '../../local/output/format-ready.ts';
import { describeWith, program } from '../support/requirement.ts';
import { startTestRun } from './fixture.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The line that a person copies from the first screen. */
async function startAndCopyLine(name: string) {
  const test = await startTestRun();
  const [ready] = await test.waitFor('ready');
  const lines = ready === undefined ? [] : formatReady(ready, (_style, text) => text);
  const line = lines.find((text) => text.trim().startsWith(name)) ?? '';
  return { ...test, line: line.trim() };
}

describeWith([program('swaks')], 'swaks', () => {
  it('sends a mail by the line that the first screen shows', async () => {
    const { line, waitFor } = await startAndCopyLine('swaks');
    await run('sh', ['-c', line], { cwd: ROOT });
    expect(await waitFor('mail')).toMatchObject([{ subject: 'Hello', queue: 'support' }]);
  });
});

describeWith([program('curl')], 'curl', () => {
  it('sends a mail by the line that the first screen shows', async () => {
    const { line, waitFor } = await startAndCopyLine('curl');
    await run('sh', ['-c', line], { cwd: ROOT });
    expect(await waitFor('mail')).toMatchObject([
      { subject: 'My crate arrived with a broken lid', queue: 'support' },
    ]);
  });

  it('sends one over STARTTLS', async () => {
    const { line, waitFor } = await startAndCopyLine('curl');
    const { stderr } = await run('sh', ['-c', `${line} --ssl-reqd --insecure --verbose`], {
      cwd: ROOT,
    });
    expect(stderr).toMatch(/STARTTLS[^]*SSL connection using TLS/);
    expect(await waitFor('mail')).toHaveLength(1);
  });
});
