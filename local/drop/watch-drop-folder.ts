import { createReadStream, mkdirSync, readdirSync, statSync, watch } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '../../mail/errors.ts';
import { dropMail, type DropTarget } from './drop-mail.ts';
import { peekMail } from './peek-mail.ts';

/** LIMIT: a file that did not change for so long counts as written; one that is moved in is whole. */
const SETTLE_MS = 200;

export interface DropFolderOptions extends DropTarget {
  /** Made when it is not there. */
  readonly folder: string;
  /** Told of a file that stays where it is, and why. */
  readonly onTrouble: (message: string) => void;
}

/** A watched folder. */
export interface DropFolder {
  /** Ends when the file that is under way has been taken. */
  close(): Promise<void>;
}

/** The files of a folder that are called mails, in order. */
const listMailFiles = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.eml$/i.test(entry.name))
    .map(({ name }) => name)
    .toSorted();

/** The same until somebody writes the file again. */
function describeState(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
  return `${path} ${ino} ${size} ${mtimeMs}`;
}

/**
 * Lets in the mails that are put into a folder, those too that were there before. A file that was
 * taken is moved to `done/`; one that is no mail stays, and is told of once.
 */
export function watchDropFolder({ folder, onTrouble, ...target }: DropFolderOptions): DropFolder {
  const doneFolder = join(folder, 'done');
  mkdirSync(doneFolder, { recursive: true });
  const refused = new Set<string>();
  let settling: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();

  const refuse = (path: string, state: string, reason: string): void => {
    refused.add(state);
    onTrouble(`${path}: ${reason}; it stays where it is`);
  };

  async function take(name: string): Promise<void> {
    const path = join(folder, name);
    const state = describeState(path);
    if (refused.has(state)) return;
    const body = await peekMail(createReadStream(path));
    if (body === undefined) {
      refuse(path, state, 'expected a raw mail (.eml), came another file');
      return;
    }
    await dropMail({ name, body, recipients: [], sender: undefined }, target);
    await rename(path, join(doneFolder, name));
  }

  async function takeAll(): Promise<void> {
    for (const name of listMailFiles(folder)) {
      try {
        await take(name);
      } catch (error) {
        onTrouble(`${join(folder, name)}: ${describeError(error)}; save it again to try again`);
      }
    }
  }

  const settle = (): void => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      underWay = underWay.then(takeAll);
    }, SETTLE_MS);
  };
  const watcher = watch(folder, settle);
  settle();
  return {
    async close() {
      watcher.close();
      clearTimeout(settling);
      await underWay;
    },
  };
}
