import { askAws } from '../../adapters/aws/ask-aws.ts';
import { createSecretsManagerSecrets } from '../../adapters/aws/secrets-manager-secrets.ts';
import { createSecretFiles } from '../../adapters/filesystem/secret-files.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { createCredentialReader } from '../../mail/credentials/create-credential-reader.ts';
import type { CredentialReader } from '../../mail/ports/mailbox-ports.ts';
import { openAccount } from '../open-account.ts';
import type { ConfigurationOptions } from '../read-command-configuration.ts';

/** Where a command has its credentials. */
export interface OpenCredentials {
  readonly credentials: CredentialReader;
  readonly close: () => void;
}

/** The local files of this folder, or with `--env` Secrets Manager of the account. */
export function openCredentials(
  { mailboxes }: Configuration,
  { env }: Pick<ConfigurationOptions, 'env'>,
): OpenCredentials {
  if (env === undefined) {
    const credentials = createCredentialReader(mailboxes, createSecretFiles());
    return { credentials, close: () => undefined };
  }
  const { secretsManager, destroy } = openAccount();
  const secrets = createSecretsManagerSecrets(secretsManager, (request) =>
    askAws('secretsmanager:GetSecretValue', request),
  );
  return { credentials: createCredentialReader(mailboxes, secrets), close: destroy };
}
