import { describe, expect, it } from 'vitest';
import { createFetchCustomResourceResponder } from '../../../adapters/aws/fetch-custom-resource-responder.ts';
import { startLocalServer } from '../../support/local-server.ts';

const RESPONSE = {
  Status: 'SUCCESS',
  PhysicalResourceId: 'postroom-test',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'ActiveRuleSet',
} as const;

/** A server that answers with one status after the other, the last one for ever. */
async function startScriptedServer(statuses: readonly number[]) {
  const requests: string[] = [];
  const url = await startLocalServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.statusCode = statuses[Math.min(requests.length, statuses.length) - 1] ?? 500;
    request.resume();
    request.on('end', () => response.end());
  });
  return { url, requests };
}

describe('the answer to CloudFormation', () => {
  it('is put again until it is taken', async () => {
    const { url, requests } = await startScriptedServer([503, 500, 200]);
    await createFetchCustomResourceResponder({ firstDelayMs: 1 }).writeResponse(
      `${url}/a?b=c`,
      RESPONSE,
    );
    expect(requests).toEqual(['PUT /a?b=c', 'PUT /a?b=c', 'PUT /a?b=c']);
  });

  it('fails with the last status after the last attempt', async () => {
    const { url, requests } = await startScriptedServer([403]);
    const responder = createFetchCustomResourceResponder({ maxAttempts: 2, firstDelayMs: 1 });
    await expect(responder.writeResponse(url, RESPONSE)).rejects.toThrow(
      'CloudFormation did not take the answer: 403',
    );
    expect(requests).toHaveLength(2);
  });

  it('does not wait for ever for a server that says nothing', async () => {
    const url = await startLocalServer((request) => request.resume());
    const responder = createFetchCustomResourceResponder({ maxAttempts: 1, timeoutMs: 50 });
    await expect(responder.writeResponse(url, RESPONSE)).rejects.toThrow(
      /CloudFormation did not take the answer: .*timeout/,
    );
  });
});
