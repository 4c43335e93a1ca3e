/** Writes a line of a command's result to standard output. */
export function writeLine(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a line beside the result, to standard error: progress, notes, failures. */
export function writeNote(line: string): void {
  process.stderr.write(`${line}\n`);
}
