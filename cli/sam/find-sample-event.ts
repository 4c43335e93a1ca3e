import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findNearestName } from '../../mail/configuration/nearest-name.ts';
import { CommandError } from '../command-error.ts';

/** A function and an event for it, as they were asked for. */
export interface SampleInvocation {
  /** The function's folder in `lambdas/`: `parse-mail`. */
  readonly functionName: string;
  /** Its id in the template: `ParseMail`. */
  readonly logicalId: string;
  readonly eventFile: string;
}

/** `parse-mail` as the template names it: `ParseMail`. */
const toLogicalId = (name: string): string =>
  name
    .split('-')
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`)
    .join('');

/** The functions that have sample events: the folders of `events/` that are folders of `lambdas/` too. */
export const listFunctions = (root: string): readonly string[] =>
  readdirSync(join(root, 'events')).filter((name) => existsSync(join(root, 'lambdas', name)));

/** The names of a function's sample events. */
export const listEvents = (root: string, functionName: string): readonly string[] =>
  readdirSync(join(root, 'events', functionName))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));

function refuse(what: string, came: string, names: readonly string[]): CommandError {
  const nearest = findNearestName(came, names);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return new CommandError(`expected ${what} (${names.join(', ')}), came "${came}"${hint}`, {
    exitStatus: 2,
  });
}

/**
 * Finds a function by its folder's name or its id, and an event by its name in `events/<function>/`
 * or as a JSON file anywhere.
 *
 * @param root The repository's root.
 * @throws {CommandError} That names what there is, and what was likely meant.
 */
export function findSampleEvent(root: string, name: string, event: string): SampleInvocation {
  const functions = listFunctions(root);
  const functionName = functions.find((known) => known === name || toLogicalId(known) === name);
  if (functionName === undefined) throw refuse('a function', name, functions);
  const logicalId = toLogicalId(functionName);
  if (event.endsWith('.json') && existsSync(event)) {
    return { functionName, logicalId, eventFile: resolve(event) };
  }
  const events = listEvents(root, functionName);
  if (!events.includes(event)) throw refuse(`an event of ${functionName}`, event, events);
  return {
    functionName,
    logicalId,
    eventFile: join(root, 'events', functionName, `${event}.json`),
  };
}
