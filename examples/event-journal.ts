import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import * as z from 'zod';

/** What became of events, one line of JSON each, in a file. */
export interface EventJournal<Entry> {
  /** Every entry, in the order in which the events came. */
  readonly list: () => readonly Entry[];
  /**
   * Writes what an event was found to be; on disk when it resolves. An event that is there already
   * is left as it is, so that handling an event twice counts once.
   */
  readonly append: (eventId: string, entry: Entry) => Promise<void>;
}

interface Line<Entry> {
  readonly eventId: string;
  readonly entry: Entry;
}

const formatLine = (line: Line<unknown>): string => `${JSON.stringify(line)}\n`;

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** A process that was killed while it wrote leaves half a line, whose event comes again. */
const readWholeLines = (text: string): readonly string[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean);

/**
 * Opens a journal, made when it is not there. One process at a time may have it open.
 *
 * LIMIT: all entries are held in memory: some 100,000 in 50 MB.
 *
 * @param isKept Which entries stay; the others are taken out of the file now. @default all
 * @throws {z.ZodError | SyntaxError} When the file holds something else.
 */
export async function openEventJournal<Entry>(
  file: string,
  schema: z.ZodType<Entry>,
  isKept: (entry: Entry) => boolean = () => true,
): Promise<EventJournal<Entry>> {
  const lineSchema = z.object({ eventId: z.string(), entry: schema });
  const text = await readText(file);
  const kept = readWholeLines(text)
    .map((line): Line<Entry> => lineSchema.parse(JSON.parse(line)))
    .filter(({ entry }) => isKept(entry));
  const entries = new Map(kept.map(({ eventId, entry }) => [eventId, entry]));
  const keptText = kept.map(formatLine).join('');
  if (keptText !== text) {
    await writeFile(`${file}.new`, keptText, { flush: true });
    await rename(`${file}.new`, file);
  }
  return {
    list: () => [...entries.values()],
    async append(eventId, entry) {
      if (entries.has(eventId)) return;
      await appendFile(file, formatLine({ eventId, entry }), { flush: true });
      entries.set(eventId, entry);
    },
  };
}
