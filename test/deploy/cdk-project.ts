import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import {
  ACCOUNT,
  type LocalAwsEndpoint,
  REGION,
  ROOT,
} from '../support/local-aws/local-aws-endpoint.ts';
import { type CommandResult, runCommand } from './run-command.ts';

/** A team's folder: its `postroom.config.ts`, deployed by the real command lines. */
export interface CdkProject {
  /** What a team does in its editor. */
  writeConfiguration(configuration: ConfigurationInput): Promise<void>;
  /** `npx cdk …` */
  runCdk(...args: readonly string[]): Promise<CommandResult>;
  /** `npx postroom …` */
  runPostroom(...args: readonly string[]): Promise<CommandResult>;
}

/** Makes a folder with a configuration, and bootstraps the endpoint as the README says. */
export async function createCdkProject(
  { environment, scratchFolder }: LocalAwsEndpoint,
  configuration: ConfigurationInput,
): Promise<CdkProject> {
  const folder = join(scratchFolder, 'project');
  await mkdir(folder);
  await copyFile(join(ROOT, 'cdk.json'), join(folder, 'cdk.json'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const writeConfiguration = (changed: ConfigurationInput): Promise<void> =>
    writeFile(
      join(folder, 'postroom.config.ts'),
      `export default ${JSON.stringify(changed, undefined, 2)};\n`,
    );
  const runNode = (file: string, args: readonly string[]): Promise<CommandResult> =>
    runCommand(process.execPath, [join(ROOT, file), ...args], { folder, environment });
  const runCdk = (...args: readonly string[]): Promise<CommandResult> =>
    // The app is the repository's; only the configuration is the folder's.
    runNode('node_modules/aws-cdk/bin/cdk', [
      ...['--app', `node ${join(ROOT, 'bin/app.ts')}`],
      ...['--output', join(folder, 'cdk.out'), '--no-color'],
      ...args,
    ]);
  await writeConfiguration(configuration);
  const bootstrapped = await runCdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
  if (bootstrapped.exitStatus !== 0) throw new Error(`cdk bootstrap: ${bootstrapped.stderr}`);
  return {
    writeConfiguration,
    runCdk,
    runPostroom: (...args) => runNode('bin/postroom.js', args),
  };
}
