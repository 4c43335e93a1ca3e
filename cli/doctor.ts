import type { Command } from 'commander';
import { askAws } from '../adapters/aws/ask-aws.ts';
import { createSecretsManagerSecrets } from '../adapters/aws/secrets-manager-secrets.ts';
import { createMailNames } from '../adapters/dns/mail-names.ts';
import { createCredentialReader } from '../mail/credentials/create-credential-reader.ts';
import { examineEnvironment } from './doctor/examine-environment.ts';
import type { Finding } from './doctor/finding.ts';
import { openAccount } from './open-account.ts';
import { styleMark } from './output/style.ts';
import { writeLine } from './output/write-line.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';

interface DoctorOptions extends ConfigurationOptions {
  readonly json?: true;
}

const CHECK_WIDTH = 15;

const formatFinding = ({ check, mark, text }: Finding): string =>
  `${styleMark(mark)} ${check.padEnd(CHECK_WIDTH)}${text}`;

async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const { account, createQueueSource, readRegion, secretsManager, destroy } = openAccount();
  const secrets = createSecretsManagerSecrets(secretsManager, (request) =>
    askAws('secretsmanager:GetSecretValue', request),
  );
  try {
    return await examineEnvironment({
      nodeVersion: process.versions.node,
      readConfiguration: () => readCommandConfiguration(options),
      readRegion,
      account,
      names: createMailNames(),
      createQueueSource,
      createCredentials: ({ mailboxes }) => createCredentialReader(mailboxes, secrets),
    });
  } finally {
    destroy();
  }
}

/** `postroom doctor`: what stands between a team and working mail. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .summary('what stands between you and working mail')
    .description(
      'Checks Node, the configuration, AWS and what is deployed: a line each, ✓ or ✗ with what to\n' +
        'do, ? for what could not be checked. Changes nothing. Exit status 1 when something is wrong.',
    )
    .option('--json', 'print an object a line: check, mark (right, wrong, unknown), text')
    .addOption(createConfigOption())
    .addOption(createEnvOption('the environment to look at'))
    .action(async (options: DoctorOptions) => {
      const findings = await examine(options);
      for (const finding of findings) {
        writeLine(options.json === true ? JSON.stringify(finding) : formatFinding(finding));
      }
      if (findings.some(({ mark }) => mark === 'wrong')) process.exitCode = 1;
    });
}
