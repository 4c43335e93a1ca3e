/** A header field as it stands in the mail. */
export interface RawHeaderField {
  /** As sent. */
  readonly name: string;
  /** Unfolded (RFC 5322 section 2.2.3), white space around it removed, not decoded. */
  readonly value: string;
}

/**
 * Header bytes are UTF-8 (RFC 6532) or, from older senders, something with one byte a character.
 */
export function decodeHeaderBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') ? bytes.toString('latin1') : text;
}

/**
 * Reads the fields of a header block. A line that is neither a field nor a continuation is passed
 * over; a continuation before the first field likewise.
 */
export function parseHeaderBlock(block: string): readonly RawHeaderField[] {
  const fields: { name: string; lines: string[] }[] = [];
  for (const line of block.split(/\r?\n/)) {
    if (/^[ \t]/.test(line)) {
      fields.at(-1)?.lines.push(line);
      continue;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trimEnd();
    if (/^[\x21-\x39\x3b-\x7e]+$/.test(name)) fields.push({ name, lines: [line.slice(colon + 1)] });
  }
  return fields.map(({ name, lines }) => ({ name, value: lines.join('').trim() }));
}

/** The values of every field of a name, in order; case ignored. */
export const readHeaderValues = (
  fields: readonly RawHeaderField[],
  name: string,
): readonly string[] => {
  const wanted = name.toLowerCase();
  return fields.filter((field) => field.name.toLowerCase() === wanted).map(({ value }) => value);
};
