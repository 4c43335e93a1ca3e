import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readLocalEndpoints, STATE_FOLDER } from '../local/endpoints.ts';
import { CommandError } from './command-error.ts';
import { writeLine, writeNote } from './output/write-line.ts';
import type { Counterpart } from './sam/counterpart.ts';
import { findContainerEngine } from './sam/find-container-engine.ts';
import { findSampleEvent, type SampleInvocation } from './sam/find-sample-event.ts';
import { invokeFunction } from './sam/invoke-function.ts';
import { playCloudFormation } from './sam/play-cloudformation.ts';
import { playLocalRun } from './sam/play-local-run.ts';
import { playObjectEvent } from './sam/play-object-event.ts';
import { relayPorts } from './sam/relay-ports.ts';
import { readSamEnvironment, type SamEnvironment } from './sam/sam-environment.ts';
import { declareVariables, synthesizeStacks } from './sam/synthesize-function.ts';

interface SamOptions {
  readonly active?: string;
  readonly state: string;
}

/** What is synthesized for `sam` stands apart from what is deployed. */
const OUTPUT_FOLDER = 'cdk.out/sam';

/** @throws {CommandError} When the function has no local run to work with. */
function createCounterpart(
  root: string,
  { functionName, eventFile }: SampleInvocation,
  { active, state }: SamOptions,
): Promise<Counterpart> {
  const event: unknown = JSON.parse(readFileSync(eventFile, 'utf8'));
  if (functionName === 'activate-rule-set') return playCloudFormation(event, active);
  const endpoints = readLocalEndpoints(state);
  if (endpoints === undefined) {
    throw new CommandError(
      'no local run here for the function to work with; start one: npm start (and leave it running)',
    );
  }
  return functionName === 'enter-drops' || functionName === 'reconcile-arrivals'
    ? playObjectEvent(root, event, endpoints)
    : playLocalRun(root, event, endpoints);
}

/** @throws {CommandError} */
async function runInContainer(
  root: string,
  { logicalId }: SampleInvocation,
  { event, variables, environmentName, ports }: Counterpart,
  environment: SamEnvironment,
): Promise<unknown> {
  const outputFolder = join(root, OUTPUT_FOLDER);
  mkdirSync(outputFolder, { recursive: true });
  const named = environmentName === undefined ? {} : { POSTROOM_ENV: environmentName };
  await synthesizeStacks({
    root,
    outputFolder,
    environment: { ...environment.variables, ...named },
  });
  const { templateFile } = declareVariables(outputFolder, logicalId, variables);
  const eventFile = join(outputFolder, 'sam.event.json');
  const variablesFile = join(outputFolder, 'sam.variables.json');
  writeFileSync(eventFile, JSON.stringify(event));
  writeFileSync(variablesFile, JSON.stringify({ [logicalId]: variables }));
  const relay = await relayPorts(ports, environment.flags);
  try {
    const invocation = { logicalId, templateFile, eventFile, variablesFile, flags: relay.flags };
    return await invokeFunction(invocation, environment, root);
  } finally {
    await relay.stop();
  }
}

/**
 * Invokes a function with a sample event in its container.
 *
 * @throws {CommandError} When something is missing, or the function failed.
 */
async function invokeSample(
  root: string,
  names: readonly [functionName: string, eventName: string],
  options: SamOptions,
): Promise<void> {
  const sample = findSampleEvent(root, ...names);
  const surroundings = readSamEnvironment(root);
  const dockerHost = await findContainerEngine(surroundings.dockerHost);
  if (dockerHost === undefined) {
    throw new CommandError(
      'no container engine answers; start Docker, or set DOCKER_HOST to where one is',
    );
  }
  const environment = {
    ...surroundings,
    variables: { ...surroundings.variables, DOCKER_HOST: dockerHost },
  };
  const counterpart = await createCounterpart(root, sample, options);
  try {
    writeLine(JSON.stringify(await runInContainer(root, sample, counterpart, environment)));
  } finally {
    const { lines, isSuccess } = await counterpart.finish();
    for (const line of lines) writeNote(`postroom sam: ${line}`);
    if (!isSuccess) process.exitCode = 1;
  }
}

/** Adds what `npm run sam -- FUNCTION EVENT` runs; the result is one line of JSON. */
export function addSamCommand(program: Command): void {
  program
    .name('npm run sam --')
    .description('Invoke a function with a sample event in its container, by sam local invoke.')
    .argument(
      '<function>',
      'parse-mail, enter-drops, reconcile-arrivals, hold-dead-letters or activate-rule-set',
    )
    .argument('<event>', 'a name in events/<function>/, or a JSON file')
    .option('--active <name>', 'activate-rule-set: the rule set that is active before')
    .option('--state <folder>', 'where the local run keeps its state', STATE_FOLDER)
    .action((functionName: string, eventName: string, options: SamOptions) =>
      invokeSample(join(import.meta.dirname, '..'), [functionName, eventName], options),
    );
}
