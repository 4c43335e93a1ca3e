import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as takeTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createSqsEvent } from '../support/sqs-event.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { startFunctionProcess } from './function-process.ts';

const HANDLER = 'export const handler = async () => ({ batchItemFailures: [] });\n';

// Its channel closes before its exit is known, some turns of the loop after it was killed.
it.each([0, 1, 10, 100, 1_000])(
  'an invocation %i turns after the process was killed finds it dead',
  async (turns) => {
    const bundle = join(createTemporaryFolder(), 'index.mjs');
    writeFileSync(bundle, HANDLER);
    const running = await startFunctionProcess({ bundle, environment: {} });
    running.kill();
    for (let turn = 0; turn < turns; turn += 1) await takeTurn();
    expect(await running.invoke(createSqsEvent('{}'))).toEqual({ kind: 'died', signal: 'SIGKILL' });
  },
);
