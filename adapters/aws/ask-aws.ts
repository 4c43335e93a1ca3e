import { describeError, PeerUnavailableError } from '../../mail/errors.ts';

const REFUSED_CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
const REFUSED_ACTIONS = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'UnauthorizedOperation',
]);

/** The system's word for a failed connection stands on the error or on the one that caused it. */
function readSystemCode(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause instanceof Error ? readSystemCode(error.cause) : undefined;
}

function wordFailure(action: string, error: Error): string {
  const { name } = error;
  if (name === 'CredentialsProviderError') {
    return 'no AWS credentials; set AWS_PROFILE or sign in (`aws sso login`)';
  }
  if (REFUSED_CREDENTIALS.has(name)) {
    return `AWS refuses the credentials (${name}); sign in again (\`aws sso login\`)`;
  }
  if (REFUSED_ACTIONS.has(name)) {
    return `AWS does not allow it (${name}); the credentials need ${action}`;
  }
  if (name === 'ResourceNotFoundException') {
    return `${action} finds nothing in this account and region; deploy the environment, or check AWS_PROFILE and AWS_REGION`;
  }
  if (error.message.startsWith('Region is missing')) return 'no AWS region; set AWS_REGION';
  const code = readSystemCode(error);
  if (name === 'TimeoutError' || (code !== undefined && /^E[A-Z_]+$/.test(code))) {
    return `${action} got no answer (${code ?? name}); check the network, AWS_REGION and AWS_ENDPOINT_URL`;
  }
  return `${action} failed (${name}): ${error.message.split('\n')[0] ?? ''}`;
}

/**
 * Makes a request to AWS for a person who waits: a failure becomes one line that says what to do.
 * It may carry what AWS wrote, so it belongs on a terminal and never in a log.
 *
 * @param action The IAM action, for who lacks the permission: `sqs:GetQueueUrl`.
 * @throws {PeerUnavailableError}
 */
export async function askAws<Answer>(
  action: string,
  request: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    const message = error instanceof Error ? wordFailure(action, error) : describeError(error);
    throw new PeerUnavailableError(message, { fields: { action }, cause: error });
  }
}
