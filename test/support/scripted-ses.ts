import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** An answer to one action of SES or STS: its status and the XML in its result element. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly xml: string;
}

/** What an endpoint answers to an action, given the parameters of its query. */
export type ScriptedAction = (
  parameters: URLSearchParams,
) => ScriptedAnswer | Promise<ScriptedAnswer>;

const readParameters = async (request: IncomingMessage): Promise<URLSearchParams> =>
  new URLSearchParams(await text(request));

/** An error as the query protocol of AWS writes it. */
export const queryError = (code: string, message: string, status = 400): ScriptedAnswer => ({
  status,
  xml: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

/**
 * Serves the query protocol that SES and STS speak, by a script; stops with the test.
 *
 * @returns The endpoint.
 */
export async function startScriptedSes(
  actions: Readonly<Record<string, ScriptedAction>>,
): Promise<string> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const parameters = await readParameters(request);
      const action = parameters.get('Action') ?? '';
      const { status = 200, xml } =
        (await actions[action]?.(parameters)) ??
        queryError('AccessDenied', `no script for ${action}`, 403);
      const body =
        status === 200
          ? `<${action}Response><${action}Result>${xml}</${action}Result></${action}Response>`
          : xml;
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    };
    answer().catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}
