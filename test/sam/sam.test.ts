import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findContainerEngine } from '../../cli/sam/find-container-engine.ts';
import { readSamEnvironment } from '../../cli/sam/sam-environment.ts';
import { peekLocalQueue } from '../../local/queues.ts';
import { type MailReceived, mailReceivedSchema } from '../../mail/contracts/mail-received.ts';
import { describeWith, program, type Requirement } from '../support/requirement.ts';
import { type LocalRun, ROOT, startLocalRunProcess } from './local-run.ts';

const surroundings = readSamEnvironment(ROOT);
const engine = await findContainerEngine(surroundings.dockerHost);
const containerEngine: Requirement = {
  name: 'a container engine',
  isPresent: () => engine !== undefined,
};
process.env['PATH'] = surroundings.variables['PATH'];

/** An invocation takes a synthesis and the start of a container; the first one builds an image too. */
const INVOCATION_TIMEOUT_MS = 120_000;

describeWith(
  [program('sam'), containerEngine],
  'functions in their containers, by npm run sam',
  () => {
    let run: LocalRun;

    beforeAll(async () => {
      run = await startLocalRunProcess();
    }, 60_000);

    afterAll(() => run.stop());

    const invoke = (...args: readonly string[]) => runSam([...args, '--state', run.stateFolder]);

    const readQueue = async (name: string): Promise<readonly MailReceived[]> => {
      const messages = await peekLocalQueue(run.endpoints, name);
      return (messages ?? []).map(({ body }) => mailReceivedSchema.parse(JSON.parse(body)));
    };

    test(
      'parse-mail one-mail sends one event to the queue of its rule',
      async () => {
        const { exitStatus, stdout, stderr } = await invoke('parse-mail', 'one-mail');

        expect(exitStatus, stderr).toBe(0);
        expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [] });
        expect(await readQueue('postroom-dev-support')).toMatchObject([
          {
            subject: 'My crate arrived with a broken lid',
            envelope: { sender: 'ada.berg@example.net', recipients: ['support+sam@example.com'] },
            trace: [{ decidedBy: { kind: 'rule', rule: 'support' } }],
          },
        ]);
      },
      INVOCATION_TIMEOUT_MS,
    );

    test(
      'parse-mail fifo-invoice sends its event to a FIFO queue',
      async () => {
        const { exitStatus, stdout, stderr } = await invoke('parse-mail', 'fifo-invoice');

        expect(exitStatus, stderr).toBe(0);
        expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [] });
        expect(await readQueue('postroom-dev-invoices.fifo')).toMatchObject([
          {
            subject: 'Invoice 2026-0117',
            tags: ['pdf'],
            attachments: [{ name: 'invoice-2026-0117.pdf', type: 'application/pdf' }],
          },
        ]);
      },
      INVOCATION_TIMEOUT_MS,
    );

    test(
      'parse-mail batch-with-a-bad-record returns the record whose bytes are missing as failed',
      async () => {
        const { exitStatus, stdout, stderr } = await invoke(
          'parse-mail',
          'batch-with-a-bad-record',
        );

        expect(exitStatus, stderr).toBe(0);
        expect(JSON.parse(stdout)).toEqual({
          batchItemFailures: [{ itemIdentifier: LOST_RECORD_ID }],
        });
        expect((await readQueue('postroom-dev-inbox')).map(({ subject }) => subject)).toEqual([
          'Late frost, early buds: what to do now',
        ]);
        expect((await readQueue('postroom-dev-support')).map(({ subject }) => subject)).toContain(
          'Undelivered Mail Returned to Sender',
        );
      },
      INVOCATION_TIMEOUT_MS,
    );

    test(
      'parse-mail setup-notification sends nothing',
      async () => {
        const before = await readQueue('postroom-dev-inbox');

        const { exitStatus, stdout, stderr } = await invoke('parse-mail', 'setup-notification');

        expect(exitStatus, stderr).toBe(0);
        expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [] });
        expect(await readQueue('postroom-dev-inbox')).toEqual(before);
        expect(await readQueue('postroom-dev-quarantine')).toEqual([]);
      },
      INVOCATION_TIMEOUT_MS,
    );

    test.for([
      ['enter-drops', 'dropped-mail', 'postroom-dev-support', 'My crate arrived with a broken lid'],
      [
        'reconcile-arrivals',
        'never-announced',
        'postroom-dev-inbox',
        'Late frost, early buds: what to do now',
      ],
    ] as const)(
      '%s %s lets in a mail, which the local run handles',
      { timeout: INVOCATION_TIMEOUT_MS },
      async ([functionName, event, queue, subject]) => {
        const isLetIn = ({ subject: found, envelope }: MailReceived): boolean =>
          found === subject && envelope.source === 'headers';

        const { exitStatus, stdout, stderr } = await invoke(functionName, event);

        expect(exitStatus, stderr).toBe(0);
        expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [] });
        await expect.poll(async () => (await readQueue(queue)).filter(isLetIn)).toHaveLength(1);
      },
    );

    test(
      'hold-dead-letters given-up-mail puts a mail into the quarantine of the local run',
      async () => {
        const { exitStatus, stdout, stderr } = await invoke('hold-dead-letters', 'given-up-mail');

        expect(exitStatus, stderr).toBe(0);
        expect(JSON.parse(stdout)).toEqual({ batchItemFailures: [] });
        const told = (await peekLocalQueue(run.endpoints, 'postroom-dev-inbox')) ?? [];
        expect(told.map(({ body }) => JSON.parse(body) as unknown)).toContainEqual(
          expect.objectContaining({ type: 'mail.quarantined', code: 'never-taken' }),
        );
      },
      INVOCATION_TIMEOUT_MS,
    );

    test.for([
      ['create', 'none -> postroom-dev'],
      ['update', 'postroom-old -> postroom-dev'],
      ['delete', 'postroom-dev -> none'],
    ] as const)(
      'activate-rule-set %s changes the active rule set: %s',
      { timeout: INVOCATION_TIMEOUT_MS },
      async ([event, change]) => {
        const { exitStatus, stderr } = await invoke('activate-rule-set', event);

        expect(exitStatus, stderr).toBe(0);
        expect(stderr).toContain(`SES: active rule set ${change}`);
        expect(stderr).toContain('CloudFormation got the answer SUCCESS');
      },
    );

    test(
      "a stranger's active rule set ends in a failure with its name",
      async () => {
        const { exitStatus, stderr } = await invoke(
          ...['activate-rule-set', 'create', '--active', 'mail-of-others'],
        );

        expect(exitStatus).toBe(1);
        expect(stderr).toContain('SES: active rule set mail-of-others -> mail-of-others');
        expect(stderr).toContain('CloudFormation got the answer FAILED');
      },
      INVOCATION_TIMEOUT_MS,
    );

    test(
      'a function that throws makes the command fail',
      async () => {
        const event = join(run.stateFolder, 'no-request.json');
        await writeFile(event, '{}');

        const { exitStatus, stderr } = await invoke('activate-rule-set', event);

        expect(exitStatus).toBe(1);
        expect(stderr).toMatch(
          /^postroom: ActivateRuleSet threw .*: Not a request of CloudFormation/m,
        );
      },
      INVOCATION_TIMEOUT_MS,
    );
  },
);

/** The second record of the batch, as `events/parse-mail/batch-with-a-bad-record.json` has it. */
const LOST_RECORD_ID = '62ad13f5-bacd-4242-a668-4f593f5ec931';

async function runSam(args: readonly string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'bin/sam.ts'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child, 'close');
  return { exitStatus: child.exitCode, stdout, stderr };
}
