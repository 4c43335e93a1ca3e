import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type SmtpDoorOptions, startSmtpDoor } from '../../local/ses/smtp-door.ts';
import type { SmtpDialogue } from '../../local/ses/write-trace-headers.ts';
import { createCertificate } from '../../local/ses/create-certificate.ts';
import { connectClient, type ScriptedClient } from './smtp-client.ts';

const certificate = await createCertificate();

interface TakenMail {
  readonly dialogue: SmtpDialogue;
  readonly content: string;
}

async function openDoor(overrides: Partial<SmtpDoorOptions> = {}) {
  const taken: TakenMail[] = [];
  const door = await startSmtpDoor({
    host: '127.0.0.1',
    port: 0,
    certificate,
    maxBytes: 1000,
    isReceived: (address) => address.toLowerCase().endsWith('@example.com'),
    acceptMail: async (source, dialogue) => {
      taken.push({ dialogue, content: await text(source) });
      return 'the-id';
    },
    ...overrides,
  });
  onTestFinished(() => door.close());
  return { door, taken };
}

async function greet(port: number): Promise<ScriptedClient> {
  const client = await connectClient(port);
  await client.readReply();
  await client.say('EHLO client.example.net');
  return client;
}

/** A dialogue up to DATA. */
async function begin(port: number, recipient = 'support@example.com'): Promise<ScriptedClient> {
  const client = await greet(port);
  await client.say('MAIL FROM:<ada@example.net>');
  await client.say(`RCPT TO:<${recipient}>`);
  await client.say('DATA');
  return client;
}

/** A mail of exactly this many bytes. */
function writeMail(bytes: number): string {
  const header = 'Subject: x\r\n\r\n';
  return `${header}${'y'.repeat(bytes - header.length - 2)}\r\n`;
}

describe('the greeting', () => {
  it('is there without any timer having run', async () => {
    const { door } = await openDoor();
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const client = await connectClient(door.port);
    expect(await client.readReply()).toBe('220 inbound-smtp.us-east-1.amazonaws.com ESMTP');
    // The timer of the library would greet a second time.
    vi.advanceTimersByTime(1000);
    expect(await client.say('NOOP')).toMatch(/^250 /);
  });

  it('is followed by what the door can do', async () => {
    const { door } = await openDoor();
    const client = await connectClient(door.port);
    await client.readReply();
    const reply = await client.say('EHLO client.example.net');
    expect(reply.split(' | ').map((line) => line.slice(4))).toEqual(
      expect.arrayContaining(['8BITMIME', 'SIZE 1000', 'STARTTLS', 'ENHANCEDSTATUSCODES']),
    );
    expect(reply).not.toMatch(/AUTH|SMTPUTF8/);
  });
});

describe('recipients', () => {
  it('at a domain that is received are taken, whatever their case', async () => {
    const { door } = await openDoor();
    const client = await greet(door.port);
    await client.say('MAIL FROM:<>');
    expect(await client.say('RCPT TO:<Support@EXAMPLE.com>')).toMatch(/^250 2\.1\.5/);
  });

  it('at another domain are refused with 550 5.1.1', async () => {
    const { door } = await openDoor();
    const client = await greet(door.port);
    await client.say('MAIL FROM:<ada@example.net>');
    expect(await client.say('RCPT TO:<ada@example.org>')).toMatch(/^550 5\.1\.1 /);
  });

  it('reach the pipeline with the sender and the name of the client, each once', async () => {
    const { door, taken } = await openDoor();
    const client = await greet(door.port);
    await client.say('MAIL FROM:<>');
    for (const name of ['a', 'b', 'a']) await client.say(`RCPT TO:<${name}@example.com>`);
    await client.say('DATA');
    expect(await client.say('Subject: x\r\n\r\n..dot\r\n.')).toMatch(/^250 2\.\S+ OK the-id$/);
    expect(taken).toEqual([
      {
        dialogue: {
          sender: '',
          recipients: ['a@example.com', 'b@example.com'],
          clientName: 'client.example.net',
          clientAddress: '127.0.0.1',
        },
        content: 'Subject: x\r\n\r\n.dot\r\n',
      },
    ]);
  });

  it('keep an internationalized domain in the form in which it was written', async () => {
    const { door, taken } = await openDoor({
      isReceived: (address) => address.endsWith('@xn--bcher-kva.example'),
    });
    const client = await greet(door.port);
    await client.say('MAIL FROM:<ada@xn--mnchen-3ya.example>');
    expect(await client.say('RCPT TO:<info@xn--bcher-kva.example>')).toMatch(/^250 /);
    await client.say('DATA');
    await client.say('Subject: x\r\n\r\n.');
    expect(taken).toMatchObject([
      {
        dialogue: {
          sender: 'ada@xn--mnchen-3ya.example',
          recipients: ['info@xn--bcher-kva.example'],
        },
      },
    ]);
  });

  it('beyond ASCII are refused, as is such a sender', async () => {
    const { door } = await openDoor();
    const client = await greet(door.port);
    expect(await client.say('MAIL FROM:<zo\u00e9@example.net>')).toMatch(/^553 /);
    expect(await client.say('MAIL FROM:<a\u202eb@example.net>')).toMatch(/^553 /);
    await client.say('MAIL FROM:<ada@example.net>');
    expect(await client.say('RCPT TO:<zo\u00e9@example.com>')).toMatch(/^553 /);
  });
});

describe('the size of a mail', () => {
  it.each([
    [999, /^250 /],
    [1000, /^250 /],
    [1001, /^552 5\.3\.4 /],
  ])('of %d bytes, announced at MAIL FROM, is answered right there', async (size, reply) => {
    const { door } = await openDoor();
    const client = await greet(door.port);
    expect(await client.say(`MAIL FROM:<ada@example.net> SIZE=${size}`)).toMatch(reply);
  });

  it.each([
    [999, /^250 /],
    [1000, /^250 /],
    [1001, /^552 5\.3\.4 /],
  ])('of %d bytes, not announced, is answered after DATA', async (size, reply) => {
    const { door } = await openDoor();
    const client = await begin(door.port);
    client.write(writeMail(size));
    expect(await client.say('.')).toMatch(reply);
  });

  it('refused leaves the connection good for the next mail', async () => {
    const { door } = await openDoor();
    const client = await begin(door.port);
    client.write(writeMail(5000));
    await client.say('.');
    await client.say('MAIL FROM:<ada@example.net>');
    await client.say('RCPT TO:<support@example.com>');
    await client.say('DATA');
    expect(await client.say('Subject: x\r\n\r\nsmall\r\n.')).toMatch(/^250 /);
  });
});

describe('STARTTLS', () => {
  it('goes on in TLS, with the certificate of this start', async () => {
    const { door, taken } = await openDoor();
    const client = await greet(door.port);
    expect(await client.say('STARTTLS')).toMatch(/^220 /);
    await client.upgrade();
    expect(await client.say('EHLO client.example.net')).not.toContain('STARTTLS');
    await client.say('MAIL FROM:<ada@example.net>');
    await client.say('RCPT TO:<support@example.com>');
    await client.say('DATA');
    expect(await client.say('Subject: x\r\n\r\nsecret\r\n.')).toMatch(/^250 /);
    expect(taken[0]?.content).toBe('Subject: x\r\n\r\nsecret\r\n');
  });
});

describe('a mail that cannot be kept', () => {
  it('is put off with 451, after it has been read to its end', async () => {
    const { door } = await openDoor({ acceptMail: () => Promise.reject(new Error('down')) });
    const client = await begin(door.port);
    client.write(writeMail(900));
    expect(await client.say('.')).toMatch(/^451 4\.\S+ The mail could not be stored/);
  });
});

describe('a mail that breaks off', () => {
  it('fails its stream, so that nothing of it is kept', async () => {
    const failed = Promise.withResolvers<unknown>();
    const { door } = await openDoor({
      acceptMail: async (source) => {
        try {
          await text(source);
        } catch (error) {
          failed.resolve(error);
          throw error;
        }
        return 'kept';
      },
    });
    const client = await begin(door.port);
    client.write('Subject: half');
    client.destroy();
    expect(await failed.promise).toBeInstanceOf(Error);
  });
});

describe('a door that closes', () => {
  it('tells idle clients and keeps the mail that is under way', async () => {
    const { door, taken } = await openDoor();
    const idle = await greet(door.port);
    const busy = await begin(door.port);
    const closing = door.close();
    expect(await idle.readReply()).toMatch(/^421 /);
    idle.destroy();
    expect(await busy.say('Subject: last\r\n\r\nx\r\n.')).toMatch(/^250 /);
    busy.destroy();
    await closing;
    expect(taken).toHaveLength(1);
  });
});
