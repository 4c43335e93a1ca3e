import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Writes the part of the configuration that goes beside a function's bundle; gives the file's path.
 *
 * @param lambda The function's folder below `lambdas/`.
 * @throws {TypeError} When the scope belongs to no app.
 */
export function writeCompanionConfiguration(
  scope: Construct,
  lambda: string,
  configuration: object,
): string {
  const stage = Stage.of(scope);
  if (stage === undefined) {
    throw new TypeError('a function belongs into an app: its bundle needs a folder');
  }
  // The bundler works in a folder of its own.
  const folder = resolve(stage.outdir, 'companions', lambda);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'configuration.json');
  writeFileSync(file, JSON.stringify(configuration));
  return file;
}
