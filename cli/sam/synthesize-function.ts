import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CommandError } from '../command-error.ts';
import { runProgram } from './run-program.ts';

/** A synthesized function that `sam` can run. */
export interface SynthesizedFunction {
  readonly templateFile: string;
}

/** What a synthesis is for. */
export interface SynthesisOptions {
  /** The repository's root. */
  readonly root: string;
  /** An absolute path. */
  readonly outputFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const templateSchema = z.looseObject({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Type: z.string(),
      Properties: z
        .looseObject({ Environment: z.looseObject({ Variables: z.looseObject({}) }).optional() })
        .optional(),
    }),
  ),
});

/** Lambda's name of this machine's processor: an arm64 function does not run on an x86-64 machine. */
export const describeArchitecture = (arch: NodeJS.Architecture = process.arch): string =>
  arch === 'arm64' ? 'arm64' : 'x86_64';

/**
 * Synthesizes both stacks for this machine's processor. By the CDK command line, since only that
 * writes where each function's bundle is, which `sam` needs.
 *
 * @throws {CommandError} With the CDK's own words when it fails.
 */
export async function synthesizeStacks({
  root,
  outputFolder,
  environment,
}: SynthesisOptions): Promise<void> {
  const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
  const context = ['-c', `architecture=${describeArchitecture()}`];
  const result = await runProgram(
    process.execPath,
    [cdk, 'synth', '--quiet', '--output', outputFolder, ...context],
    { folder: root, environment },
  );
  if (result?.exitStatus !== 0) {
    throw new CommandError(`cdk synth failed: ${result?.stderr.trim() ?? 'it did not start'}`);
  }
}

/** `sam` says a line about the metadata of each resource that is no function. */
const keepMetadata = (
  { Resources, ...rest }: z.output<typeof templateSchema>,
  logicalId: string,
): z.output<typeof templateSchema> => ({
  ...rest,
  Resources: Object.fromEntries(
    Object.entries(Resources).map(([id, resource]) => [
      id,
      id === logicalId ? resource : { ...resource, Metadata: {} },
    ]),
  ),
});

/**
 * Writes a template beside the synthesized one in which a function has these variables too: `sam`
 * sets only variables that the template declares, and a deployed function has no endpoint to declare.
 *
 * @throws {CommandError} When no template has the function.
 */
export function declareVariables(
  outputFolder: string,
  logicalId: string,
  variables: Readonly<Record<string, string>>,
): SynthesizedFunction {
  for (const file of readdirSync(outputFolder).filter((name) => name.endsWith('.template.json'))) {
    const template = templateSchema.parse(
      JSON.parse(readFileSync(join(outputFolder, file), 'utf8')),
    );
    const resource = template.Resources[logicalId];
    if (resource?.Type !== 'AWS::Lambda::Function') continue;
    const declared = { ...resource.Properties?.Environment?.Variables, ...variables };
    resource.Properties = { ...resource.Properties, Environment: { Variables: declared } };
    // Beside it: the paths of the bundles are relative to the template's folder.
    const templateFile = join(outputFolder, `sam.${logicalId}.json`);
    writeFileSync(templateFile, JSON.stringify(keepMetadata(template, logicalId)));
    return { templateFile };
  }
  throw new CommandError(`no stack has a function ${logicalId}; see lib/stacks`);
}
