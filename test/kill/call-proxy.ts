import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { readPort } from '../../local/emulators/embedded-aws.ts';

export type Service = 'S3' | 'SQS' | 'DynamoDB';

/** One request of the function to AWS, a retry of the SDK's counted anew. */
export interface Call {
  /** From 0, since the plan was set. */
  readonly index: number;
  readonly service: Service;
  /** As AWS names it: `SendMessage`; for S3 the HTTP method. */
  readonly operation: string;
}

/** What happens to a call instead of its answer. */
export type Interference =
  | { readonly when: 'before'; readonly how: 'answer'; readonly answer: ServiceAnswer }
  | {
      /**
       * `before`: the service never sees the call. `midway`: it does it, and half of its answer
       * comes. `after`: it does it, and nothing comes.
       */
      readonly when: 'before' | 'midway' | 'after';
      readonly how: 'reset' | 'hang';
      /** Done at this very point. @default nothing */
      readonly act?: () => void;
    };

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Decides on each call; undefined lets it pass. */
export type CallPlan = (call: Call) => Interference | undefined;

/** Stands between a function and the emulators, and does to each call what the plan says. */
export interface CallProxy {
  readonly endpoint: string;
  /** Counts from 0 again. */
  setPlan(plan: CallPlan): void;
  /** The calls since the plan was set. */
  readonly readCalls: () => readonly Call[];
  close(): Promise<void>;
}

/** Where the emulators are. */
export type Emulators = Readonly<Record<Service, string>>;

interface Forwarded {
  readonly status: number;
  readonly headers: IncomingMessage['rawHeaders'];
  readonly body: Buffer;
}

function readService({ headers, method = '' }: IncomingMessage): Omit<Call, 'index'> {
  const target = headers['x-amz-target'];
  if (typeof target !== 'string') return { service: 'S3', operation: method };
  const [api = '', operation = ''] = target.split('.');
  return { service: api.startsWith('DynamoDB') ? 'DynamoDB' : 'SQS', operation };
}

async function forward(
  { method = 'GET', url = '/', rawHeaders }: IncomingMessage,
  body: Buffer,
  endpoint: string,
  agent: Agent,
): Promise<Forwarded> {
  const request = sendRequest(`${endpoint}${url}`, { method, headers: rawHeaders, agent });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage]; // What Node gives.
  return {
    status: response.statusCode ?? 502,
    headers: response.rawHeaders,
    body: await buffer(response),
  };
}

/** Starts the proxy on a free port. */
export async function startCallProxy(emulators: Emulators): Promise<CallProxy> {
  const agent = new Agent({ keepAlive: true });
  let plan: CallPlan = () => undefined;
  let calls: Call[] = [];

  const writeAnswer = async (
    response: ServerResponse,
    { status, headers, body }: Forwarded,
    interference: Interference | undefined,
  ): Promise<void> => {
    if (interference === undefined || interference.how === 'answer') {
      response.writeHead(status, headers).end(body);
      return;
    }
    if (interference.when === 'midway') {
      response.writeHead(status, headers);
      const half = body.subarray(0, body.length / 2);
      await new Promise((resolve) => response.write(half, resolve));
    }
    interference.act?.();
    if (interference.how === 'reset') response.destroy();
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call: Call = { index: calls.length, ...readService(request) };
    calls.push(call);
    const body = await buffer(request);
    const interference = plan(call);
    if (interference?.how === 'answer') {
      const { status, headers, body: text } = interference.answer;
      response.writeHead(status, { ...headers }).end(text);
      return;
    }
    if (interference?.when === 'before') {
      interference.act?.();
      if (interference.how === 'reset') response.destroy();
      return;
    }
    const answer = await forward(request, body, emulators[call.service], agent);
    await writeAnswer(response, answer, interference);
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      // The caller died, or the emulators were closed: either way there is nobody to be answered.
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${readPort(server)}`,
    setPlan(next) {
      plan = next;
      calls = [];
    },
    readCalls: () => calls,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      agent.destroy();
    },
  };
}
