import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import * as z from 'zod';
import type { Counterpart } from './counterpart.ts';
import { CONTAINER_HOST } from './counterpart.ts';

const requestSchema = z.looseObject({ PhysicalResourceId: z.string().optional() });
const answerSchema = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
});

/** What SES and CloudFormation know while the function runs. */
interface Account {
  activeRuleSet: string | undefined;
  answer: z.output<typeof answerSchema> | undefined;
}

/** The two requests of the SES API that activation makes (Amazon SES API Reference, version 2010-12-01). */
function answerSesRequest(form: URLSearchParams, account: Account): string | undefined {
  const action = form.get('Action');
  if (action === 'SetActiveReceiptRuleSet') {
    account.activeRuleSet = form.get('RuleSetName') ?? undefined;
    return `<${action}Response><${action}Result/></${action}Response>`;
  }
  if (action !== 'DescribeActiveReceiptRuleSet') return undefined;
  const metadata =
    account.activeRuleSet === undefined
      ? ''
      : `<Metadata><Name>${account.activeRuleSet}</Name></Metadata><Rules/>`;
  return `<${action}Response><${action}Result>${metadata}</${action}Result></${action}Response>`;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const text of request.setEncoding('utf8')) body += String(text);
  return body;
}

async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  account: Account,
): Promise<void> {
  const body = await readBody(request);
  if (request.method === 'PUT') {
    account.answer = answerSchema.parse(JSON.parse(body));
    response.end();
    return;
  }
  const xml = answerSesRequest(new URLSearchParams(body), account);
  response.statusCode = xml === undefined ? 400 : 200;
  response.setHeader('content-type', 'text/xml').end(xml);
}

const describeActive = (name: string | undefined): string => name ?? 'none';

/**
 * Plays what stands around activate-rule-set in a deployment: SES's active rule set, and the
 * CloudFormation that waits for an answer. The local run has neither.
 *
 * @param activeRuleSet The set that is active before. @default the one that the event says is ours
 */
export async function playCloudFormation(
  sampleEvent: unknown,
  activeRuleSet?: string,
): Promise<Counterpart> {
  const request = requestSchema.parse(sampleEvent);
  const before = activeRuleSet ?? request.PhysicalResourceId;
  const account: Account = { activeRuleSet: before, answer: undefined };
  const server = createServer((incoming, response) => {
    answerRequest(incoming, response, account).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('expected a port');
  const { port } = address;
  const url = `http://${CONTAINER_HOST}:${port}`;
  return {
    event: { ...request, ResponseURL: `${url}/answer` },
    variables: { AWS_ENDPOINT_URL: url },
    ports: [port],
    async finish() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      const { answer, activeRuleSet: after } = account;
      const answered = [answer?.Status ?? 'nothing', answer?.Reason].filter(Boolean).join(': ');
      return {
        lines: [
          `SES: active rule set ${describeActive(before)} -> ${describeActive(after)}`,
          `CloudFormation got the answer ${answered}`,
        ],
        isSuccess: answer?.Status === 'SUCCESS',
      };
    },
  };
}
