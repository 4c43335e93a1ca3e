import { describe, expect, it } from 'vitest';
import { askAws } from '../../../adapters/aws/ask-aws.ts';

const named = (name: string, message = 'what AWS wrote', more: object = {}): Error =>
  Object.assign(new Error(message), { name, ...more });
const ask = (error: unknown): Promise<never> =>
  // Some libraries throw what is no error; the test is about that too.
  askAws('sqs:GetQueueUrl', () => Promise.reject(error as Error));

describe('askAws', () => {
  it('passes the answer on', async () => {
    expect(await askAws('sqs:GetQueueUrl', () => Promise.resolve(42))).toBe(42);
  });

  it.each([
    [
      named('CredentialsProviderError'),
      'no AWS credentials; set AWS_PROFILE or sign in (`aws sso login`)',
    ],
    [
      named('ExpiredTokenException'),
      'AWS refuses the credentials (ExpiredTokenException); sign in again (`aws sso login`)',
    ],
    [
      named('AccessDenied'),
      'AWS does not allow it (AccessDenied); the credentials need sqs:GetQueueUrl',
    ],
    [named('Error', 'Region is missing'), 'no AWS region; set AWS_REGION'],
    [
      named('TimeoutError'),
      'sqs:GetQueueUrl got no answer (TimeoutError); check the network, AWS_REGION and AWS_ENDPOINT_URL',
    ],
    [
      named('Error', 'connect', { code: 'ECONNREFUSED' }),
      'sqs:GetQueueUrl got no answer (ECONNREFUSED); check the network, AWS_REGION and AWS_ENDPOINT_URL',
    ],
    [
      named('Error', 'outer', { cause: named('Error', 'inner', { code: 'ENOTFOUND' }) }),
      'sqs:GetQueueUrl got no answer (ENOTFOUND); check the network, AWS_REGION and AWS_ENDPOINT_URL',
    ],
    [
      named('InternalFailure', 'first line\nsecond line'),
      'sqs:GetQueueUrl failed (InternalFailure): first line',
    ],
    ['a text', 'a text'],
  ])('words %s in one line', async (error, message) => {
    await expect(ask(error)).rejects.toMatchObject({ code: 'peer-unavailable', message });
  });

  it('keeps what happened as the cause', async () => {
    const cause = named('AccessDenied');
    await expect(ask(cause)).rejects.toMatchObject({
      cause,
      fields: { action: 'sqs:GetQueueUrl' },
    });
  });
});
