import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { createAuthority } from '../dovecot/create-authority.ts';
import { type Script, startScriptedServer } from './start-scripted-server.ts';

const greet: Script = async (client) => {
  await client.readLine();
  await client.send('hello\r\n');
  client.hangUp();
};

it('sends each packet on its own', async () => {
  const { port, countSent } = await startScriptedServer(greet, { packetBytes: 1 });
  const packets: string[] = [];
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (chunk) => packets.push(chunk.toString()));
  socket.write('greet me\r\n');
  await once(socket, 'close');
  expect(packets).toEqual(['h', 'e', 'l', 'l', 'o', '\r', '\n']);
  expect(countSent()).toBe(7);
});

it('hangs up after so many bytes', async () => {
  const { port } = await startScriptedServer(greet, { dropAfterBytes: 3 });
  const socket = connect(port, '127.0.0.1');
  socket.write('greet me\r\n');
  expect(await text(socket)).toBe('hel');
});

it('hears lines, also over TLS that begins in the middle', async () => {
  const { ca, serverKey: key, serverCertificate: cert } = await createAuthority();
  const { port, heard } = await startScriptedServer(
    async (client) => {
      await client.readLine();
      await client.startTls('go\r\n');
      await client.readLine();
      client.hangUp();
    },
    { certificate: { key, cert } },
  );
  const plain = connect(port, '127.0.0.1');
  plain.write('one\r\n');
  await once(plain, 'data');
  const socket = connectTls({ socket: plain, ca, host: '127.0.0.1' });
  socket.write('two\n');
  await once(socket.resume(), 'end');
  expect(heard).toEqual(['one', 'two']);
});
