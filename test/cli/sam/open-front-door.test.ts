import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { expect, test } from 'vitest';
import { openFrontDoor } from '../../../cli/sam/open-front-door.ts';

test('passes a request on under the name of the server behind it', async () => {
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
    incoming.on('end', () => {
      outgoing.statusCode = 201;
      outgoing.end(
        `${incoming.method ?? ''} ${incoming.url ?? ''} ${incoming.headers.host ?? ''} ${body}`,
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const behind = typeof address === 'object' ? `127.0.0.1:${address?.port ?? 0}` : '';
  const door = await openFrontDoor(`http://${behind}`);

  const answered = await new Promise<{ status: number | undefined; body: string }>((resolve) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: door.port,
        method: 'PUT',
        path: '/bucket/key',
        headers: { host: `host.docker.internal:${door.port}` },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => {
          resolve({ status: response.statusCode, body });
        });
      },
    );
    asked.end('bytes');
  });
  await door.close();
  server.close();

  expect(answered).toEqual({ status: 201, body: `PUT /bucket/key ${behind} bytes` });
});
