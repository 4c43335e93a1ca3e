import * as z from 'zod';
import { CommandError } from '../command-error.ts';
import { runProgram } from './run-program.ts';
import type { SamEnvironment } from './sam-environment.ts';

/** What `sam local invoke` is called with. */
export interface Invocation {
  readonly logicalId: string;
  readonly templateFile: string;
  readonly eventFile: string;
  readonly variablesFile: string;
  /** Flags beside those of `SAM_FLAGS`. */
  readonly flags: readonly string[];
}

/** What Lambda returns for a function that threw. */
const thrownSchema = z.object({ errorType: z.string(), errorMessage: z.string() });

function parseResult(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CommandError(`expected the function's result as JSON, came ${text.slice(0, 200)}`);
  }
}

/**
 * Runs a function once in its container and gives back what it returned.
 *
 * @throws {CommandError} When `sam` fails, or when the function threw or ran out of time: `sam`
 * itself ends with 0 then.
 */
export async function invokeFunction(
  { logicalId, templateFile, eventFile, variablesFile, flags }: Invocation,
  environment: SamEnvironment,
  folder: string,
): Promise<unknown> {
  const result = await runProgram(
    'sam',
    [
      ...['local', 'invoke', logicalId, '--template', templateFile, '--event', eventFile],
      ...['--env-vars', variablesFile, ...flags, ...environment.flags],
    ],
    {
      folder,
      environment: environment.variables,
      onStderr: (text) => {
        process.stderr.write(text);
      },
    },
  );
  if (result === undefined) {
    throw new CommandError(
      'the AWS SAM command line (sam) is not here; `npm run test:setup` brings it',
    );
  }
  if (result.exitStatus !== 0) {
    throw new CommandError(`sam ended with ${result.exitStatus ?? 'a signal'}; it says why above`);
  }
  const text = result.stdout.trim();
  if (text === '') {
    throw new CommandError(`${logicalId} returned nothing: it ran out of time or was killed`);
  }
  const returned = parseResult(text);
  const thrown = thrownSchema.safeParse(returned);
  if (thrown.success) {
    const { errorType, errorMessage } = thrown.data;
    throw new CommandError(`${logicalId} threw ${errorType}: ${errorMessage}`);
  }
  return returned;
}
