import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { CommandError } from '../command-error.ts';

/** A raw mail on this machine. */
export interface MailFile {
  /** As it was written at the command line. */
  readonly name: string;
  /** When the file was last changed; what stands for the time of arrival. */
  readonly modifiedAt: Date;
  readonly source: Readable;
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'no such file'],
  ['ENOTDIR', 'no such file'],
  ['EACCES', 'you may not read it'],
  ['EPERM', 'you may not read it'],
]);

const readErrorCode = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

async function openFile(name: string): ReturnType<typeof open> {
  try {
    return await open(name);
  } catch (error) {
    const code = readErrorCode(error);
    if (typeof code !== 'string') throw error;
    const reason = REASONS.get(code) ?? `it cannot be opened (${code})`;
    throw new CommandError(`${name}: expected a raw mail (.eml), ${reason}`);
  }
}

/**
 * Opens a raw mail; `-` is standard input.
 *
 * @throws {CommandError} When there is no file of that name that can be read.
 */
export async function openMailFile(name: string): Promise<MailFile> {
  if (name === '-') return { name: 'stdin', modifiedAt: new Date(), source: process.stdin };
  const handle = await openFile(name);
  const stats = await handle.stat();
  if (stats.isDirectory()) {
    await handle.close();
    throw new CommandError(
      `${name}: expected a raw mail (.eml), came a folder; name the files in it: ${name.replace(/\/$/, '')}/*.eml`,
    );
  }
  return { name, modifiedAt: stats.mtime, source: handle.createReadStream() };
}
