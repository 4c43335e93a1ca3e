import { describe, expect, it } from 'vitest';
import { parseHeaderBlock } from '../../../mail/message/header-block.ts';
import {
  createIsOurAddress,
  readHeaderEnvelope,
  type ToldEnvelope,
} from '../../../mail/message/read-header-envelope.ts';
import { readMailHead } from '../../../mail/message/read-mail-head.ts';

const isOurs = createIsOurAddress([{ domain: 'example.com' }, { domain: 'example.net' }]);
const NOTHING: ToldEnvelope = { sender: undefined, recipients: [] };
const HEADERS = [
  'From: Ann <ann@sender.example>',
  'To: Support <support@example.com>, x@elsewhere.example',
  'Cc: Sales@Example.NET, support@example.com',
];

const read = (lines: readonly string[], told: Partial<ToldEnvelope> = {}) =>
  readHeaderEnvelope(
    parseHeaderBlock(lines.join('\r\n')),
    { ...NOTHING, ...told },
    isOurs,
    'postmaster@example.com',
  );

describe('the envelope of a mail that no server brought', () => {
  it('has the addresses of ours in To and Cc, each once, and who it is from', () => {
    expect(read(HEADERS)).toEqual({
      sender: 'ann@sender.example',
      recipients: ['support@example.com', 'Sales@Example.NET'],
      source: 'headers',
    });
  });

  it.each(['Delivered-To', 'X-Original-To'])('is for whom the topmost %s names', (name) => {
    const lines = [`${name}: bill@example.com`, `${name}: old@example.com`, ...HEADERS];
    expect(read(lines).recipients).toEqual(['bill@example.com']);
  });

  it('passes over a delivery to somebody who is not ours', () => {
    expect(read(['Delivered-To: me@elsewhere.example', ...HEADERS]).recipients).toEqual([
      'support@example.com',
      'Sales@Example.NET',
    ]);
  });

  it('is from whom the topmost Return-Path names, and from nobody for a bounce', () => {
    expect(read(['Return-Path: <b@sender.example>', ...HEADERS]).sender).toBe('b@sender.example');
    expect(read(['Return-Path: <>', ...HEADERS]).sender).toBe('');
  });

  it('is what was told, and true only when all of it was told', () => {
    expect(read(HEADERS, { recipients: ['a@example.com'] })).toEqual({
      sender: 'ann@sender.example',
      recipients: ['a@example.com'],
      source: 'headers',
    });
    expect(read(HEADERS, { sender: '', recipients: ['a@example.com'] })).toEqual({
      sender: '',
      recipients: ['a@example.com'],
      source: 'smtp',
    });
  });

  it('is for the postmaster when it names nobody of ours', () => {
    expect(read(['From: a@b.example', 'To: x@elsewhere.example']).recipients).toEqual([
      'postmaster@example.com',
    ]);
  });

  it('has a hundred recipients at the most', () => {
    const named = Array.from({ length: 101 }, (_, index) => `r${index}@example.com`);
    expect(read([`To: ${named.slice(0, 99).join(', ')}`]).recipients).toHaveLength(99);
    expect(read([`To: ${named.slice(0, 100).join(', ')}`]).recipients).toHaveLength(100);
    expect(read([`To: ${named.join(', ')}`]).recipients).toHaveLength(100);
  });
});

describe('the beginning of a file', () => {
  it.each([
    ['a mail', 'From: a@b.example\r\nSubject: x\r\n\r\nbody', true],
    ['a mail with bare line feeds', 'Subject: x\nDate: today\n\nbody', true],
    ['a mail of a mailbox file', 'From a@b.example Tue Nov 24\nReceived: x\n\nbody', true],
    ['headers without an end', 'Message-ID: <a@b.example>\r\nSubj', true],
    ['a text', 'Dear Ann: thank you.\n\nFrom: nobody', false],
    ['a PDF', '%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n<< /Type: /Catalog >>', false],
    ['nothing', '', false],
  ])('of %s is a mail: %#', (_, text, isMail) => {
    expect(readMailHead(Buffer.from(text)) !== undefined).toBe(isMail);
  });

  it('holds the fields of the mail and nothing of its body', () => {
    expect(readMailHead(Buffer.from('From: a@b.example\r\n\r\nTo: c@b.example'))).toEqual([
      { name: 'From', value: 'a@b.example' },
    ]);
  });
});
