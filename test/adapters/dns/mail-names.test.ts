import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMailNames } from '../../../adapters/dns/mail-names.ts';

const NAME_ERROR = 3;
const REFUSED = 5;

/** An answer to the question in the query: a code and the data of its records (RFC 1035 section 4). */
function writeAnswer(query: Buffer, code: number, records: readonly Buffer[]): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const type = question.subarray(-4);
  const answers = records.map((data) => {
    const lifeAndLength = Buffer.from([0, 0, 0, 60, 0, data.length]);
    // 0xc00c points back at the name in the question.
    return Buffer.concat([Buffer.from([0xc0, 0x0c]), type, lifeAndLength, data]);
  });
  return Buffer.concat([header, question, ...answers]);
}

async function startNameServer(code: number, records: readonly Buffer[] = []): Promise<string> {
  const server = createSocket('udp4');
  server.on('message', (query, { port, address }) => {
    server.send(writeAnswer(query, code, records), port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  return `127.0.0.1:${server.address().port}`;
}

/** An MX record's data: a preference and a name of two labels. */
const mx = (preference: number, host: string): Buffer =>
  Buffer.concat([
    Buffer.from([0, preference]),
    ...host.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);

describe('createMailNames', () => {
  it('reads the hosts that take mail, best first and in lower case', async () => {
    const server = await startNameServer(0, [mx(20, 'second.example'), mx(10, 'First.Example')]);
    expect(await createMailNames({ servers: [server] }).readMailExchangers('example.com')).toEqual([
      'first.example',
      'second.example',
    ]);
  });

  it('knows a host that has an address', async () => {
    const server = await startNameServer(0, [Buffer.from([192, 0, 2, 1])]);
    expect(await createMailNames({ servers: [server] }).isHostKnown('a.example')).toBe(true);
  });

  it.each([
    ['a name that is not there', NAME_ERROR],
    ['a name without such records', 0],
  ])('takes %s for none', async (_, code) => {
    const names = createMailNames({ servers: [await startNameServer(code)] });
    expect(await names.readMailExchangers('example.com')).toEqual([]);
    expect(await names.isHostKnown('a.example')).toBe(false);
  });

  it('does not take a server that refuses to answer for none', async () => {
    const names = createMailNames({ servers: [await startNameServer(REFUSED)] });
    await expect(names.isHostKnown('a.example')).rejects.toThrow('no answer from the name server');
  });
});
