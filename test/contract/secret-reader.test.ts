import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createInvocationDeadline } from '../../adapters/aws/invocation-deadline.ts';
import {
  createSecretsManagerClient,
  createSecretsManagerSecrets,
} from '../../adapters/aws/secrets-manager-secrets.ts';
import { createSecretFiles } from '../../adapters/filesystem/secret-files.ts';
import type { SecretReader } from '../../mail/ports/secret-port.ts';
import { localAws, startEndpoint } from '../support/local-aws/local-aws-endpoint.ts';
import { startLocalServer } from '../support/local-server.ts';
import { describeWith } from '../support/requirement.ts';

/** A store of secrets, and a way into it for the test. */
interface Implementation {
  readonly secrets: SecretReader;
  readonly writeSecret: (name: string, text: string) => Promise<void>;
  readonly changeSecret: (name: string, text: string) => Promise<void>;
  close(): Promise<void>;
}

function createFiles(): Promise<Implementation> {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-secrets-'));
  const writeSecret = (name: string, text: string): Promise<void> => {
    writeFileSync(join(folder, `${name}.json`), text, { mode: 0o600 });
    return Promise.resolve();
  };
  return Promise.resolve({
    secrets: createSecretFiles(folder),
    writeSecret,
    changeSecret: writeSecret,
    close: () => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    },
  });
}

/** A client as a function has it, of an endpoint on this machine. */
function connectClient(url: string) {
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  return createSecretsManagerClient(createInvocationDeadline());
}

async function createSecretsManager() {
  const endpoint = await startEndpoint();
  const client = connectClient(endpoint.url);
  return {
    client,
    secrets: createSecretsManagerSecrets(client),
    writeSecret: async (name: string, text: string) => {
      await client.send(new CreateSecretCommand({ Name: name, SecretString: text }));
    },
    changeSecret: async (name: string, text: string) => {
      await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text }));
    },
    async close() {
      client.destroy();
      await endpoint.stop();
    },
  };
}

function describeContract(readImplementation: () => Implementation): void {
  it('reads the text of a secret, and its change', async () => {
    const { secrets, writeSecret, changeSecret } = readImplementation();
    await writeSecret('mailboxes', '{"password":"ä"}');
    expect(await secrets.readSecret('mailboxes')).toBe('{"password":"ä"}');
    await changeSecret('mailboxes', '{"password":"other"}');
    expect(await secrets.readSecret('mailboxes')).toBe('{"password":"other"}');
  });

  it('says that a secret is not there', async () => {
    expect(await readImplementation().secrets.readSecret('nowhere')).toBeUndefined();
  });

  it('says where a secret is', () => {
    expect(readImplementation().secrets.describePlace('mailboxes')).toContain('mailboxes');
  });
}

describe('secrets in files', () => {
  let implementation: Implementation;
  beforeAll(async () => {
    implementation = await createFiles();
  });
  afterAll(() => implementation.close());
  describeContract(() => implementation);
});

describeWith([localAws], 'secrets in AWS Secrets Manager', () => {
  let implementation: Awaited<ReturnType<typeof createSecretsManager>>;
  beforeAll(async () => {
    implementation = await createSecretsManager();
  }, 60_000);
  afterAll(() => implementation.close());
  describeContract(() => implementation);

  it('are not there once they wait for their deletion', async () => {
    const { client, secrets, writeSecret } = implementation;
    await writeSecret('leaving', '{}');
    await client.send(new DeleteSecretCommand({ SecretId: 'leaving', RecoveryWindowInDays: 7 }));
    expect(await secrets.readSecret('leaving')).toBeUndefined();
  });

  it('are not there when they are bytes', async () => {
    const { client, secrets } = implementation;
    await client.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary: Buffer.from('{}') }));
    expect(await secrets.readSecret('bytes')).toBeUndefined();
  });
});

describe('AWS Secrets Manager that refuses to answer', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('may answer later, and nothing of what it wrote is told', async () => {
    const url = await startLocalServer((_, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end('{"__type":"AccessDeniedException","Message":"arn:aws:iam::1:user/ann"}');
    });
    const secrets = createSecretsManagerSecrets(connectClient(url));
    await expect(secrets.readSecret('mailboxes')).rejects.toMatchObject({
      code: 'peer-unavailable',
      message: 'Secrets Manager answered AccessDeniedException',
      isRetryable: true,
    });
  });
});
