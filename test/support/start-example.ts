import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { runCommand } from '../deploy/run-command.ts';
import { dovecot } from './dovecot/dovecot.ts';
import { type Dovecot, startDovecot } from './dovecot/start-dovecot.ts';
import type { DeliveryOptions } from './dovecot/dovecot-mailbox.ts';
import { startPolledRoom } from './polled-room.ts';
import { describeWith } from './requirement.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An example of `examples/`. */
export interface Example {
  /** Its folder's name. */
  readonly example: string;
  readonly configuration: ConfigurationInput;
  /** The mailbox that it polls. */
  readonly mailbox: string;
  /** The queue that its consumer reads. */
  readonly queue: string;
}

/** The mail room of an example, whose mailbox was polled once, and its consumer. Ends with the test. */
async function startExample(dovecot: Dovecot, { example, configuration, mailbox, queue }: Example) {
  const room = await startPolledRoom(dovecot, configuration);
  const folder = createTemporaryFolder();
  await room.poll(mailbox);
  return {
    room,
    /** Where the consumer writes. */
    folder,
    /** Lays mails into the mailbox, polls it, and lets parse-mail judge them. */
    receive: async (mails: readonly string[], options: DeliveryOptions = {}): Promise<void> => {
      room.findMailbox(mailbox).deliver(mails, options);
      await room.poll(mailbox);
    },
    /** Runs the consumer as its README says; gives what it prints. */
    runConsumer: async (...args: readonly string[]): Promise<string> => {
      const { exitStatus, stdout, stderr } = await runCommand(
        process.execPath,
        [`examples/${example}/main.ts`, ...args],
        { folder: ROOT, environment: room.createVariables(queue, folder) },
      );
      expect(stderr).toBe('');
      expect(exitStatus).toBe(0);
      return stdout;
    },
  };
}

type StartedExample = Awaited<ReturnType<typeof startExample>>;

/** Describes an example over a Dovecot of its own; each test starts its mail room. */
export function describeExample(
  example: Example,
  suite: (start: () => Promise<StartedExample>) => void,
): void {
  it(`the configuration of ${example.example} can be deployed as it is`, () => {
    expect(() => parseConfiguration(example.configuration)).not.toThrow();
  });

  describeWith([dovecot], `the example ${example.example}`, () => {
    let server: Dovecot;
    beforeAll(async () => {
      server = await startDovecot();
    });
    afterAll(() => server.stop());
    suite(() => startExample(server, example));
  });
}

/** The JSON of each line. */
export const parseLines = (output: string): readonly unknown[] =>
  output
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));
