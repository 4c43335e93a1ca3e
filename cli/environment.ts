import * as z from 'zod';

const commandLineEnvironmentSchema = z.object({
  /** Print the stack of an unexpected error too. */
  POSTROOM_DEBUG: z.string().optional(),
  /** The region of the AWS clients, by either of its usual names. */
  AWS_REGION: z.string().optional(),
  AWS_DEFAULT_REGION: z.string().optional(),
  /** Read by the SDK itself; an endpoint of this kind knows no bucket by its host name. */
  AWS_ENDPOINT_URL: z.string().optional(),
});

/** What the command line takes from its surroundings. */
export interface CommandLineEnvironment {
  readonly isDebug: boolean;
  /** Undefined leaves the region to the AWS profile. */
  readonly region: string | undefined;
  /** Whether requests go to an endpoint that is not AWS. */
  readonly isOwnEndpoint: boolean;
}

/** Reads the variables that the command line knows. An empty one counts as not set. */
export function readCommandLineEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): CommandLineEnvironment {
  const environment = commandLineEnvironmentSchema.parse(variables);
  const region = [environment.AWS_REGION, environment.AWS_DEFAULT_REGION].find(
    (name) => name !== undefined && name !== '',
  );
  return {
    isDebug: environment.POSTROOM_DEBUG === '1',
    region,
    isOwnEndpoint: (environment.AWS_ENDPOINT_URL ?? '') !== '',
  };
}

/** Names the environment before `postroom.config.ts` is read: the file may ask for `POSTROOM_ENV`. */
export function setEnvironmentName(name: string): void {
  process.env['POSTROOM_ENV'] = name;
}
