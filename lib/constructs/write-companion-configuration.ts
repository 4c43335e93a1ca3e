import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { pickParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';

/**
 * Writes the part of the configuration that goes beside a function's bundle; gives the file's path.
 *
 * @throws {TypeError} When the scope belongs to no app.
 */
export function writeCompanionConfiguration(
  scope: Construct,
  configuration: Configuration,
): string {
  const stage = Stage.of(scope);
  if (stage === undefined) {
    throw new TypeError('a function belongs into an app: its bundle needs a folder');
  }
  // The bundler works in a folder of its own.
  const file = resolve(stage.outdir, 'configuration.json');
  writeFileSync(file, JSON.stringify(pickParseMailConfiguration(configuration)));
  return file;
}
