import type { ByteSource } from './byte-source.ts';
import { createProtocolError } from './pop3-errors.ts';

const LF = 0x0a;

/**
 * Reads one line and leaves what follows. Gives it without its end, a byte for each character.
 *
 * @throws {PeerProtocolError} When it is longer than `maxBytes`, its end included.
 */
export async function readLine(source: ByteSource, maxBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await source.read();
    const lineEnd = chunk.indexOf(LF);
    const part = lineEnd === -1 ? chunk : chunk.subarray(0, lineEnd + 1);
    parts.push(part);
    bytes += part.length;
    if (bytes > maxBytes) throw createProtocolError('sent a line beyond the limit', { maxBytes });
    if (lineEnd !== -1) {
      source.unread(chunk.subarray(part.length));
      return Buffer.concat(parts)
        .toString('latin1')
        .replace(/\r?\n$/, '');
    }
  }
}
