import { describe, expect, it } from 'vitest';
import { splitAddress } from '../../../mail/message/address-parts.ts';
import {
  decodeHeaderBytes,
  parseHeaderBlock,
  readHeaderValues,
} from '../../../mail/message/header-block.ts';
import { parseMessageIds } from '../../../mail/message/parse-message-ids.ts';
import { toSqsJson } from '../../../mail/message/sqs-json.ts';

describe('parseHeaderBlock', () => {
  it('keeps order, case and repeats, and unfolds', () => {
    const block = 'A: 1\r\nsubject: long\r\n\tline\r\na:2\r\nnot a field\r\nB:\r\n';
    expect(parseHeaderBlock(block)).toEqual([
      { name: 'A', value: '1' },
      { name: 'subject', value: 'long\tline' },
      { name: 'a', value: '2' },
      { name: 'B', value: '' },
    ]);
  });

  it('takes a name that is a property of every object for a name', () => {
    const fields = parseHeaderBlock('__proto__: x\r\nconstructor: y\r\n');
    expect(readHeaderValues(fields, 'constructor')).toEqual(['y']);
    expect(readHeaderValues(fields, 'toString')).toEqual([]);
  });
});

describe('decodeHeaderBytes', () => {
  it('reads UTF-8, and one byte a character where it is none', () => {
    expect(decodeHeaderBytes(Buffer.from('Grüße'))).toBe('Grüße');
    expect(decodeHeaderBytes(Buffer.from('Grüße', 'latin1'))).toBe('Grüße');
  });
});

describe('splitAddress', () => {
  it.each([
    ['A+b+C@Example.COM', { base: 'a', tag: 'b+c', domain: 'example.com' }],
    ['"x@y"@z.example', { base: '"x@y"', tag: null, domain: 'z.example' }],
    ['postmaster', { base: 'postmaster', tag: null, domain: '' }],
  ])('takes %s apart', (address, parts) => {
    expect(splitAddress(address)).toMatchObject(parts);
  });
});

describe('parseMessageIds', () => {
  it.each([
    ['<a@b> <c@d>', ['a@b', 'c@d']],
    ['<a@b>(comment)<c@d>', ['a@b', 'c@d']],
    ['Your message of <a@\r\n b>', ['a@b']],
    ['a@b', ['a@b']],
    ['two words', []],
    ['<>', []],
    ['', []],
  ])('reads %j', (value, ids) => {
    expect(parseMessageIds(value)).toEqual(ids);
  });
});

describe('toSqsJson', () => {
  it('writes only characters that SQS takes, and loses none', () => {
    const value = { subject: 'a\u0000\uFFFE\uFFFF\uD800\u{1F600}\u{1FFFE}' };
    const json = toSqsJson(value);
    // XML 1.0 section 2.2, "Char".
    expect(json).toMatch(/^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u);
    expect(JSON.parse(json)).toEqual(value);
  });
});
