import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createFunctionClients } from '../../../adapters/aws/function-clients.ts';
import { createInvocationDeadline } from '../../../adapters/aws/invocation-deadline.ts';
import { createS3ClaimWriter } from '../../../adapters/aws/s3-claim-writer.ts';
import { createS3RawMailReader } from '../../../adapters/aws/s3-raw-mail-reader.ts';
import { readPort } from '../../../local/emulators/embedded-aws.ts';

const ADDRESS = { bucket: 'mail', key: 'raw/ses/1/one' };

/** A service of which the test answers each request by hand. */
async function startService() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${readPort(server)}`);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const deadline = createInvocationDeadline();
  const { s3 } = createFunctionClients(deadline, { isPathStyle: true });
  return {
    deadline,
    rawMail: createS3RawMailReader(s3),
    claims: createS3ClaimWriter(s3, 'mail'),
    async takeRequest(): Promise<readonly [IncomingMessage, ServerResponse]> {
      // What Node gives with a request.
      return (await once(server, 'request')) as [IncomingMessage, ServerResponse];
    },
  };
}

/** The name under which a call failed. */
const readFailure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'success',
    (error: unknown) =>
      error instanceof Error && 'fields' in error ? error.fields : String(error),
  );

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe('a service that takes a request and never answers', () => {
  it('fails after two tries of 5 s', async () => {
    const service = await startService();
    const failure = readFailure(service.rawMail.openRawMail(ADDRESS));
    await service.takeRequest();
    await vi.advanceTimersByTimeAsync(4_999);
    const second = service.takeRequest();
    await vi.advanceTimersByTimeAsync(501);
    await second;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await failure).toEqual({ peer: 'S3', name: 'TimeoutError' });
  });

  it('fails at once where it stops in the middle of a mail', async () => {
    const service = await startService();
    const opening = service.rawMail.openRawMail(ADDRESS);
    const [, response] = await service.takeRequest();
    response.writeHead(200, { 'content-length': 100 }).write('Subject: half');
    const mail = await opening;
    const failure = readFailure(text(mail));
    await once(mail, 'data');
    response.destroy();
    expect(await failure).toEqual({ peer: 'S3', name: 'ECONNRESET' });
  });
});

describe('an invocation', () => {
  it('cuts off 8 s before its end what is under way, and still hands it back', async () => {
    const service = await startService();
    service.deadline.begin(60_000);
    await vi.advanceTimersByTimeAsync(50_000);
    const failure = readFailure(service.rawMail.openRawMail(ADDRESS));
    const [, cutOff] = await service.takeRequest();
    const closed = once(cutOff, 'close');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await failure).toEqual({ peer: 'S3', name: 'AbortError' });
    await closed;
    const handingBack = service.claims.writeClaim('e1-1', '{}');
    const [, response] = await service.takeRequest();
    response.end();
    expect(await handingBack).toEqual({ bucket: 'mail', key: 'events/e1-1.json' });
  });

  it('lets nothing through in its last 2 s', async () => {
    const service = await startService();
    service.deadline.begin(60_000);
    await vi.advanceTimersByTimeAsync(58_000);
    expect(await readFailure(service.claims.writeClaim('e1-1', '{}'))).toEqual({
      peer: 'S3',
      name: 'AbortError',
    });
  });

  it('closes at its end the socket of a mail that is being read', async () => {
    const service = await startService();
    service.deadline.begin(60_000);
    const opening = service.rawMail.openRawMail(ADDRESS);
    const [, response] = await service.takeRequest();
    response.writeHead(200, { 'content-length': 100 }).write('Subject: half');
    const failure = readFailure(text(await opening));
    const closed = once(response, 'close');
    service.deadline.end();
    expect(await failure).toEqual({ peer: 'S3', name: 'AbortError' });
    await closed;
  });

  it('after another has ended begins anew', async () => {
    const service = await startService();
    service.deadline.begin(60_000);
    service.deadline.end();
    expect(await readFailure(service.claims.writeClaim('e1-1', '{}'))).toMatchObject({
      name: 'AbortError',
    });
    service.deadline.begin(60_000);
    const writing = service.claims.writeClaim('e1-1', '{}');
    const [, response] = await service.takeRequest();
    response.end();
    expect(await writing).toMatchObject({ bucket: 'mail' });
  });
});
