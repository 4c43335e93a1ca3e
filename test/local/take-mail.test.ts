import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLocalClients } from '../../local/emulators/create-clients.ts';
import { startEmbeddedAws } from '../../local/emulators/embedded-aws.ts';
import { takeMail } from '../../local/run/take-mail.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { CONFIGURATION, createFolder } from './fixture.ts';

const DIALOGUE = {
  sender: 'ada@example.net',
  recipients: ['support@example.com'],
  clientName: 'client',
  clientAddress: '127.0.0.1',
};

/** Takes a mail when S3 has no bucket for it. */
async function takeWithoutBucket(fault: unknown) {
  const aws = await startEmbeddedAws({
    folder: createFolder(),
    host: '127.0.0.1',
    port: 0,
    abandonedQueues: [],
  });
  const clients = createLocalClients(aws.endpoint);
  const troubles: unknown[] = [];
  const source = Readable.from([Buffer.from('Subject: x\r\n\r\nbody')]);
  try {
    await takeMail(source, DIALOGUE, {
      clients,
      configuration: parseConfiguration(CONFIGURATION),
      maxBytes: 1000,
      takeStorageFault: () => fault,
      onTrouble: (trouble) => troubles.push(trouble),
    });
    return { error: undefined, troubles };
  } catch (error) {
    return { error, troubles };
  } finally {
    clients.destroy();
    await aws.close();
  }
}

describe('a mail that cannot be stored', () => {
  it('is put off with 451, and the person who runs it hears why', async () => {
    const { error, troubles } = await takeWithoutBucket(undefined);
    expect(error).toMatchObject({ responseCode: 451 });
    expect(troubles).toMatchObject([{ name: 'NoSuchBucket' }]);
  });

  it('is put off with 452 when the disk is full', async () => {
    const full = Object.assign(new Error('full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
    const { error, troubles } = await takeWithoutBucket(full);
    expect(error).toMatchObject({ responseCode: 452 });
    expect(troubles).toEqual([full]);
  });
});
