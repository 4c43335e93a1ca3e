import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDotUnstuffer } from '../../../adapters/pop3/unstuff-dots.ts';

/** What a server sends of a mail, and what follows it, cut at the given places. */
function unstuff(sent: string, cuts: readonly number[] = []) {
  const unstuffer = createDotUnstuffer();
  const places = [0, ...cuts.toSorted((one, other) => one - other), sent.length];
  let content = '';
  for (const [index, place] of places.slice(0, -1).entries()) {
    const chunk = Buffer.from(sent.slice(place, places[index + 1]), 'latin1');
    const { pieces, end } = unstuffer.push(chunk);
    content += Buffer.concat(pieces).toString('latin1');
    if (end !== undefined) return { content, rest: sent.slice(place + end) };
  }
  return { content, rest: undefined };
}

/** As RFC 1939 section 3 says it, line by line. */
const stuff = (content: string): string =>
  `${`\r\n${content}`.replaceAll('\r\n.', '\r\n..').slice(2)}.\r\n`;

const listCuts = (sent: string): readonly number[] =>
  Array.from({ length: sent.length + 1 }, (_, index) => index);

/** Mails of the letters that matter. */
const contents = fc
  .array(fc.constantFrom('\r', '\n', '.', 'a', '\r\n', '\r\n.'), { maxLength: 20 })
  .map((letters) => `${letters.join('')}\r\n`);

describe('the dot-unstuffer', () => {
  it.each([
    ['an empty mail', '.\r\n', ''],
    ['an empty line', '\r\n.\r\n', '\r\n'],
    ['a line', 'a\r\n.\r\n', 'a\r\n'],
    ['a dot at the beginning', '..\r\n.\r\n', '.\r\n'],
    ['a stuffed dot', 'a\r\n..b\r\n.\r\n', 'a\r\n.b\r\n'],
    ['dots alone', '..\r\n...\r\n.\r\n', '.\r\n..\r\n'],
    ['a dot within a line', 'a.\r\nb.c\r\n.\r\n', 'a.\r\nb.c\r\n'],
    ['a dot that was not stuffed', '.a\r\n.\r\n', 'a\r\n'],
    ['a lone CR behind a dot', '.\ra\r\n.\r\n', '\ra\r\n'],
    ['two CR behind a dot', '.\r\r\n.\r\n', '\r\r\n'],
    ['a bare LF behind a dot', '.\na\r\n.\r\n', '\na\r\n'],
    ['a dot behind a bare LF', 'a\n.b\r\n.\r\n', 'a\n.b\r\n'],
    ['a dot behind a lone CR', 'a\r.b\r\n.\r\n', 'a\r.b\r\n'],
    ['lines of bare LF', 'a\n\nb\n\r\n.\r\n', 'a\n\nb\n\r\n'],
    ['NUL and bytes above 127', '\0\xff\r\n.\r\n', '\0\xff\r\n'],
  ])('reads %s, cut at any place', (_title, sent, content) => {
    for (const cut of listCuts(sent)) {
      expect(unstuff(sent, [cut]), `cut at ${cut}`).toEqual({ content, rest: '' });
    }
    expect(unstuff(sent, listCuts(sent))).toEqual({ content, rest: '' });
  });

  it.each(['a\n.\n', 'a\n.\r\n', 'a\r\n.\n', 'a\r.\r', 'a\r\n.\r'])(
    'does not take %j for the end',
    (sent) => {
      expect(unstuff(sent).rest).toBeUndefined();
    },
  );

  it('stops at the end and leaves the next answer as it came', () => {
    const sent = '..a\r\n.\r\n+OK\r\n..b\r\n.\r\n';
    for (const cut of listCuts(sent)) {
      expect(unstuff(sent, [cut]).content).toBe('.a\r\n');
    }
    expect(unstuff(sent).rest).toBe('+OK\r\n..b\r\n.\r\n');
  });

  it('gives back every mail that is sent by the rules, whatever the cuts', () => {
    fc.assert(
      fc.property(contents, fc.array(fc.nat(60)), fc.string(), (content, places, rest) => {
        const sent = stuff(content);
        const cuts = places.filter((place) => place <= sent.length);
        expect(unstuff(sent + rest, cuts)).toEqual({ content, rest });
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the content of a chunk as one part of it', () => {
    const chunk = Buffer.from('..\r\n'.repeat(1000));
    const { pieces } = createDotUnstuffer().push(chunk);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]?.buffer).toBe(chunk.buffer);
    expect(pieces[0]?.toString()).toBe('.\r\n'.repeat(1000));
  });
});
