import { PeerUnavailableError } from '../../mail/errors.ts';

/** AWS names its errors; the message may carry what we must not log. */
const readErrorName = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/**
 * Runs a call to AWS and turns its failure into an error of ours. Every failure counts as
 * temporary: a permission that is missing today is granted by the next deployment.
 *
 * @param peer The service, as errors name it: `S3`.
 * @throws {PeerUnavailableError}
 */
export async function callAws<Result>(peer: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const name = readErrorName(error);
    throw new PeerUnavailableError(`${peer} answered ${name}`, {
      fields: { peer, name },
      cause: error,
    });
  }
}
