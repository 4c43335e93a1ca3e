import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** An editor writes a file in several steps; what comes within this time is one save. */
const SETTLE_MS = 50;

/** A watched file. */
export interface FileWatch {
  /** Ends when what is under way for the last save has ended. */
  close(): Promise<void>;
}

/**
 * Calls when a file was saved, one call at a time. The folder is watched, since most editors put a
 * new file in the place of the old one.
 *
 * @param onSaved Must not reject.
 */
export function watchFile(path: string, onSaved: () => Promise<void>): FileWatch {
  const file = resolve(path);
  let settling: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();
  const watcher = watch(dirname(file), (_kind, name) => {
    if (name !== basename(file)) return;
    clearTimeout(settling);
    settling = setTimeout(() => {
      underWay = underWay.then(onSaved);
    }, SETTLE_MS);
  });
  return {
    async close() {
      watcher.close();
      clearTimeout(settling);
      await underWay;
    },
  };
}
