import { delimiter, join } from 'node:path';
import * as z from 'zod';

const samEnvironmentSchema = z.object({
  /** Further flags for `sam local invoke`, parted by white space. */
  SAM_FLAGS: z.string().default(''),
  /** Where the container engine is. */
  DOCKER_HOST: z.string().optional(),
  PATH: z.string().default(''),
});

/** What the command takes from its surroundings. */
export interface SamEnvironment {
  readonly flags: readonly string[];
  readonly dockerHost: string | undefined;
  /** Variables for the programs that are started. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the surroundings, and keeps AWS accounts out of what is started: `sam` hands the
 * credentials it finds to the function and asks STS whose they are.
 *
 * @param root The repository's root: `npm run test:setup` puts `sam` into its `.venv/sam`.
 */
export function readSamEnvironment(
  root: string,
  surroundings: Readonly<Record<string, string | undefined>> = process.env,
): SamEnvironment {
  const { SAM_FLAGS, DOCKER_HOST, PATH } = samEnvironmentSchema.parse(surroundings);
  return {
    flags: SAM_FLAGS.split(/\s+/).filter((flag) => flag !== ''),
    dockerHost: DOCKER_HOST,
    variables: {
      ...surroundings,
      PATH: [PATH, join(root, '.venv/sam/bin')].join(delimiter),
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      // No one listens there: the question is answered in no time by nobody.
      AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9',
      AWS_MAX_ATTEMPTS: '1',
      SAM_CLI_TELEMETRY: '0',
    },
  };
}
