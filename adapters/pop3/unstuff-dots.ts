/** What {@link DotUnstuffer.push} found. */
export interface Unstuffed {
  /** Content, in order. */
  readonly pieces: readonly Buffer[];
  /** Where in the chunk the answer ended: the next one begins there. Undefined when it goes on. */
  readonly end: number | undefined;
}

/** Takes the dots out of one answer of several lines (RFC 1939 section 3). */
export interface DotUnstuffer {
  /**
   * Takes the next bytes, however they were cut. The content it gives lies in the chunk, whose bytes
   * before the end of the answer are moved for it.
   */
  push(chunk: Buffer): Unstuffed;
}

/** What the bytes so far ended in. A dot that begins a line and a CR behind it are held back. */
type State = 'text' | 'cr' | 'line-start' | 'dot' | 'dot-cr' | 'end';

/** A place in a chunk. */
interface Cursor {
  readonly chunk: Buffer;
  at: number;
  /** Where content begins that was not moved yet. */
  from: number;
  /** Of the content that was moved. */
  length: number;
  /** Whether the CR that the chunk before ended in was content. */
  isCrContent: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;
const DOT_LINE = Buffer.from('\r\n.');

/** Moves content together, over the dots that were taken out before it. */
function keepContent(cursor: Cursor, end: number, next: number): void {
  if (cursor.length !== cursor.from) cursor.chunk.copyWithin(cursor.length, cursor.from, end);
  cursor.length += end - cursor.from;
  cursor.from = next;
  cursor.at = next;
}

function classifyEnd(chunk: Buffer): State {
  if (chunk.at(-1) === CR) return 'cr';
  return chunk.at(-1) === LF && chunk.at(-2) === CR ? 'line-start' : 'text';
}

/**
 * What each state makes of the byte that comes next; `text` alone goes on over more than two.
 *
 * SECURITY: only CRLF ends a line. Servers send a bare LF of a mail as it is and do not stuff the dot
 * behind it. Whoever took LF.LF for the end would let the sender of a mail write the answers to the
 * commands that follow.
 */
const STEPS: Readonly<Record<Exclude<State, 'end'>, (cursor: Cursor) => State>> = {
  text(cursor) {
    const line = cursor.chunk.indexOf(DOT_LINE, cursor.at);
    if (line === -1) {
      cursor.at = cursor.chunk.length;
      return classifyEnd(cursor.chunk);
    }
    keepContent(cursor, line + 2, line + 3);
    return 'dot';
  },
  cr(cursor) {
    if (cursor.chunk[cursor.at] !== LF) return 'text';
    cursor.at += 1;
    return 'line-start';
  },
  'line-start'(cursor) {
    if (cursor.chunk[cursor.at] !== DOT) return 'text';
    keepContent(cursor, cursor.at, cursor.at + 1);
    return 'dot';
  },
  dot(cursor) {
    if (cursor.chunk[cursor.at] !== CR) return 'text';
    const next = cursor.chunk[cursor.at + 1];
    if (next !== undefined && next !== LF) return 'text';
    keepContent(cursor, cursor.at, cursor.at + (next === LF ? 2 : 1));
    return next === LF ? 'end' : 'dot-cr';
  },
  'dot-cr'(cursor) {
    cursor.isCrContent = cursor.chunk[cursor.at] !== LF;
    if (cursor.isCrContent) return 'text';
    keepContent(cursor, cursor.at, cursor.at + 1);
    return 'end';
  },
};

/** Makes what reads one answer of several lines, from behind its status line to its end. */
export function createDotUnstuffer(): DotUnstuffer {
  // The status line ended in CRLF.
  let state: State = 'line-start';
  return {
    push(chunk) {
      const cursor: Cursor = { chunk, at: 0, from: 0, length: 0, isCrContent: false };
      while (cursor.at < chunk.length && state !== 'end') state = STEPS[state](cursor);
      const end = state === 'end' ? cursor.at : undefined;
      if (end === undefined) keepContent(cursor, chunk.length, chunk.length);
      const content = [
        Buffer.from(cursor.isCrContent ? '\r' : ''),
        chunk.subarray(0, cursor.length),
      ];
      return { pieces: content.filter(({ length }) => length > 0), end };
    },
  };
}
