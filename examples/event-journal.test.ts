import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { createTemporaryFolder } from '../test/support/temporary-folder.ts';
import { openEventJournal } from './event-journal.ts';

const createFile = (): string => join(createTemporaryFolder(), 'journal.jsonl');
const open = (file: string, isKept?: (entry: number) => boolean) =>
  openEventJournal(file, z.number(), isKept);

it('a journal holds what was written, when it is opened again', async () => {
  const file = createFile();
  const journal = await open(file);
  await journal.append('e1', 1);
  await journal.append('e2', 2);
  expect(journal.list()).toEqual([1, 2]);
  expect((await open(file)).list()).toEqual([1, 2]);
});

it('a journal counts an event once, also after it was opened again', async () => {
  const file = createFile();
  const journal = await open(file);
  await journal.append('e1', 1);
  await journal.append('e1', 5);
  const again = await open(file);
  await again.append('e1', 7);
  expect(again.list()).toEqual([1]);
  expect(readFileSync(file, 'utf8')).toBe('{"eventId":"e1","entry":1}\n');
});

it('a journal drops the half line of a process that was killed, and goes on behind it', async () => {
  const file = createFile();
  writeFileSync(file, '{"eventId":"e1","entry":1}\n{"eventId":"e2","ent');
  const journal = await open(file);
  expect(journal.list()).toEqual([1]);
  await journal.append('e2', 2);
  expect((await open(file)).list()).toEqual([1, 2]);
});

it('a journal takes out what is not to be kept', async () => {
  const file = createFile();
  const journal = await open(file);
  for (const number of [1, 2, 3]) await journal.append(`e${number}`, number);
  expect((await open(file, (entry) => entry >= 2)).list()).toEqual([2, 3]);
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
});

it.each(['hello\n', '{"eventId":"e1","entry":"one"}\n'])(
  'a journal is not opened over another file: %j',
  async (text) => {
    const file = createFile();
    writeFileSync(file, text);
    await expect(open(file)).rejects.toThrow();
    expect(readFileSync(file, 'utf8')).toBe(text);
  },
);
