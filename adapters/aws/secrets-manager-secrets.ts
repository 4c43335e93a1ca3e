import {
  GetSecretValueCommand,
  InvalidRequestException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { SecretReader } from '../../mail/ports/secret-port.ts';
import { callAws } from './call-aws.ts';
import { createDeadlineHttpHandler } from './deadline-http-handler.ts';
import type { InvocationDeadline } from './invocation-deadline.ts';

/** The client of a function that reads secrets; others need not load it. */
export const createSecretsManagerClient = (deadline: InvocationDeadline): SecretsManagerClient =>
  new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: createDeadlineHttpHandler(deadline),
  });

/** `InvalidRequestException` is said of a secret that is about to be deleted. */
const isMissing = (error: unknown): boolean =>
  error instanceof ResourceNotFoundException || error instanceof InvalidRequestException;

/** Runs a call to AWS and turns its failure into an error of ours. */
type Caller = <Answer>(call: () => Promise<Answer>) => Promise<Answer>;

/**
 * A {@link SecretReader} over AWS Secrets Manager. A secret of bytes counts as none.
 *
 * @param call How failures are worded. @default for logs, with what AWS calls them
 */
export const createSecretsManagerSecrets = (
  client: SecretsManagerClient,
  call: Caller = (request) => callAws('Secrets Manager', request),
): SecretReader => ({
  describePlace: (name) => `the secret ${name} of AWS Secrets Manager`,
  readSecret: (name) =>
    call(async () => {
      try {
        const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
        return SecretString;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    }),
});
