import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { onTestFinished } from 'vitest';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import type { LocalEvent } from '../../local/output/local-event.ts';
import {
  type LocalRun,
  type LocalRunOptions,
  startLocalRun,
} from '../../local/run/start-local-run.ts';

/** Two addresses, two queues, one rule. */
export const CONFIGURATION: ConfigurationInput = {
  environment: 'test',
  receiving: { domains: [{ domain: 'example.com', addresses: ['support', 'hello'] }] },
  queues: { support: {}, inbox: { type: 'fifo' } },
  rules: [
    {
      name: 'support',
      when: { recipient: { address: 'support@example.com' } },
      then: [{ queue: 'support' }],
    },
  ],
  otherwise: { queue: 'inbox' },
};

/** A folder that is gone when the test ends. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Writes a configuration as a team would, and says where. */
export function writeConfiguration(folder: string, configuration: unknown): string {
  const file = join(folder, 'postroom.config.ts');
  writeFileSync(file, `export default ${JSON.stringify(configuration, null, 2)};\n`);
  return file;
}

type EventOf<Name extends LocalEvent['event']> = Extract<LocalEvent, { event: Name }>;

/** What a run tells, and a way to wait for it. */
export interface EventLog {
  readonly events: LocalEvent[];
  readonly report: (event: LocalEvent) => void;
  /** Waits until a run has told this many of a kind; gives them all. */
  readonly waitFor: <Name extends LocalEvent['event']>(
    name: Name,
    count?: number,
  ) => Promise<readonly EventOf<Name>[]>;
}

export function createEventLog(): EventLog {
  const events: LocalEvent[] = [];
  const waiting = new Set<() => void>();
  return {
    events,
    report(event) {
      events.push(event);
      for (const check of waiting) check();
    },
    waitFor<Name extends LocalEvent['event']>(name: Name, count = 1) {
      const { promise, resolve } = Promise.withResolvers<readonly EventOf<Name>[]>();
      const check = (): void => {
        const found = events.filter((event): event is EventOf<Name> => event.event === name);
        if (found.length < count) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
      return promise;
    },
  };
}

/** A run of a test. */
export interface TestRun extends EventLog {
  readonly run: LocalRun;
  readonly stateFolder: string;
  readonly configurationFile: string;
}

/** Starts a run on free ports that ends with the test. */
export async function startTestRun(overrides: Partial<LocalRunOptions> = {}): Promise<TestRun> {
  const folder = createFolder();
  const log = createEventLog();
  const options: LocalRunOptions = {
    configurationFile: writeConfiguration(folder, CONFIGURATION),
    stateFolder: join(folder, 'state'),
    isFresh: false,
    host: '127.0.0.1',
    smtpPort: 0,
    awsPort: 0,
    dynamodbPort: 0,
    samples: 'never',
    report: log.report,
    maxRetrySeconds: 0,
    ...overrides,
  };
  const run = await startLocalRun(options);
  onTestFinished(() => run.stop());
  const { stateFolder, configurationFile } = options;
  return { ...log, run, stateFolder, configurationFile };
}

/** Sends a mail to a port of this machine. */
export async function sendMail(port: number, mail: SendMailOptions): Promise<string> {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    tls: { rejectUnauthorized: false },
  });
  const { response } = await transport.sendMail({
    from: 'ada@example.net',
    subject: 'Hello',
    text: 'Good morning',
    ...mail,
  });
  return response;
}
