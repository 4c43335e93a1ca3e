import { describe, expect, it } from 'vitest';
import { showForeignText } from '../../cli/output/style.ts';

describe('text of a mail on a terminal', () => {
  it.each([
    ['a\u001b[31mb\u001b[0m', 'ab'],
    ['a\u001b[2J\u001b[1;1Hb', 'ab'],
    ['a\u009b31mb', 'ab'],
    ['a\u001b]0;title\u0007b', 'a ]0;title b'],
    ['a\r\nb\u0000c', 'a b c'],
    ['a\u202eb\u2028c\u200bd', 'a b c d'],
    ['a\t[urgent] b\u001b', 'a [urgent] b '],
    ['Grüße 😀', 'Grüße 😀'],
  ])('of %j is %j', (text, shown) => {
    expect(showForeignText(text)).toBe(shown);
  });

  it.each(['\u001b]0;', '\u001b]8;;a', '\u001b[', '\u001b[;', '\u009b1;', '\u001b'])(
    'is shown in linear time, whatever stands in it: %j',
    (hostile) => {
      const text = hostile.repeat(500_000 / hostile.length);
      const start = performance.now();
      showForeignText(text);
      expect(performance.now() - start).toBeLessThan(1000);
    },
  );
});
