import { describe, expect, it } from 'vitest';
import { peekLocalQueue } from '../../local/queues.ts';
import { CONFIGURATION, createFolder, sendMail, writeConfiguration } from './fixture.ts';
import { startProcess } from './start-process.ts';

const ARGS = ['--json', '--smtp-port', '0', '--no-samples'];

/** Subjects of the mails that stand in the queue, each once. */
async function readSubjects(awsEndpoint: string): Promise<readonly string[]> {
  const messages = (await peekLocalQueue({ awsEndpoint }, 'postroom-test-support')) ?? [];
  const subjects = messages.map(({ body }) => {
    const { subject } = JSON.parse(body) as { subject: string };
    return subject;
  });
  return [...new Set(subjects)].toSorted();
}

describe('a process that is killed', () => {
  it('loses no mail that was answered with 250', async () => {
    const folder = createFolder();
    writeConfiguration(folder, CONFIGURATION);
    const first = startProcess(folder, ARGS);
    const [ready] = await first.waitFor('ready');
    const accepted: string[] = [];
    const sending = Array.from({ length: 40 }, async (_, index) => {
      const subject = `Mail ${String(index).padStart(2, '0')}`;
      await sendMail(ready?.smtpPort ?? 0, { to: 'support@example.com', subject });
      accepted.push(subject);
      if (accepted.length === 10) first.kill('SIGKILL');
    });
    await Promise.allSettled(sending);
    await first.ended;
    expect(accepted.length).toBeGreaterThanOrEqual(10);

    const second = startProcess(folder, ARGS);
    const [again] = await second.waitFor('ready');
    await expect
      .poll(() => readSubjects(again?.awsEndpoint ?? ''), { timeout: 10_000 })
      .toEqual(expect.arrayContaining(accepted));
  });

  it('does not stand in the way of the next start', async () => {
    const folder = createFolder();
    writeConfiguration(folder, CONFIGURATION);
    const first = startProcess(folder, ARGS);
    await first.waitFor('ready');
    first.kill('SIGKILL');
    await first.ended;
    const second = startProcess(folder, ARGS);
    const [ready] = await second.waitFor('ready');
    expect(ready?.pid).toBe(second.pid);
  });
});
