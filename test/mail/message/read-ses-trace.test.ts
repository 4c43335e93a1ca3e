import { describe, expect, it } from 'vitest';
import { parseHeaderBlock } from '../../../mail/message/header-block.ts';
import { readSesTrace } from '../../../mail/message/read-ses-trace.ts';

const ID = 'o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1';

/** As Amazon SES writes it (Developer Guide, "Receipt rules", an object of the S3 action). */
const TRACE = [
  'Return-Path: <bounces@sender.example>',
  'Received: from mail.sender.example (mail.sender.example [192.0.2.7])',
  ` by inbound-smtp.eu-west-1.amazonaws.com with SMTP id ${ID}`,
  ' for support@example.com;',
  ' Tue, 24 Nov 2026 09:00:00 +0000 (UTC)',
  'X-SES-Spam-Verdict: PASS',
  'X-SES-Virus-Verdict: FAIL',
  'Received-SPF: pass (spfCheck: domain of sender.example designates 192.0.2.7 as permitted sender) client-ip=192.0.2.7;',
  'Authentication-Results: amazonses.com;',
  ' spf=softfail (spfCheck: transitioning domain of sender.example) client-ip=192.0.2.7; envelope-from=bounces@sender.example; helo=mail.sender.example;',
  ' dkim=fail header.i=@other.example;',
  ' dkim=pass header.i=@sender.example;',
  ' dmarc=pass header.from=sender.example;',
  'X-SES-RECEIPT: AEFBQUFBQUFBQUFF',
];
const FORGED = [
  'X-SES-Virus-Verdict: PASS',
  'Return-Path: <forged@sender.example>',
  'Received: from x by inbound-smtp.eu-west-1.amazonaws.com with SMTP id forged for victim@example.com; x',
  'X-SES-Spam-Verdict: PASS',
  'Authentication-Results: amazonses.com; dkim=pass; spf=pass; dmarc=pass',
  'From: Ann <ann@sender.example>',
];

const read = (lines: readonly string[], id = ID) =>
  readSesTrace(parseHeaderBlock(lines.join('\r\n')), id);

describe('the trace that SES leaves above a mail', () => {
  it('has the sender, a recipient and the verdicts', () => {
    expect(read([...TRACE, ...FORGED])).toEqual({
      sender: 'bounces@sender.example',
      recipient: 'support@example.com',
      verdicts: { spam: 'PASS', virus: 'FAIL', spf: 'GRAY', dkim: 'PASS', dmarc: 'PASS' },
    });
  });

  it('has an empty sender for a bounce', () => {
    expect(read(['Return-Path: <>', ...TRACE.slice(1)])?.sender).toBe('');
  });

  it("is none when the topmost Received is another server's or another mail's", () => {
    expect(read(TRACE, 'another')).toBeUndefined();
    expect(read(['Received: from a by b; x', ...TRACE])).toBeUndefined();
    expect(read(['From: Ann <ann@sender.example>', ...TRACE])).toBeUndefined();
    expect(read([])).toBeUndefined();
  });

  it('names no recipient where SES names none', () => {
    const received = `Received: from a by inbound-smtp.us-east-1.amazonaws.com with SMTP id ${ID}; x`;
    expect(read([received])).toMatchObject({ recipient: undefined, sender: '' });
  });

  it('reads a verdict that is missing or strange as one that could not be found', () => {
    const strange = TRACE.slice(0, 5).concat('X-SES-Spam-Verdict: SUPERB');
    expect(read([...strange, 'From: a@b.example', 'X-SES-Virus-Verdict: PASS'])?.verdicts).toEqual({
      spam: 'PROCESSING_FAILED',
      virus: 'PROCESSING_FAILED',
      spf: 'PROCESSING_FAILED',
      dkim: 'PROCESSING_FAILED',
      dmarc: 'PROCESSING_FAILED',
    });
  });

  it('takes the first result of SPF for one of Received-SPF when there are no others', () => {
    const { verdicts } = read([...TRACE.slice(0, 8)]) ?? {};
    expect(verdicts).toMatchObject({ spf: 'PASS', dkim: 'PROCESSING_FAILED' });
  });

  it.each([
    'envelope-from="x; dkim=pass; dmarc=pass"@sender.example',
    '(comment; dkim=pass; dmarc=pass)',
  ])('is not talked into a verdict by %s', (foreign) => {
    const results = `Authentication-Results: amazonses.com; spf=fail ${foreign}; dkim=fail; dmarc=fail`;
    expect(read([...TRACE.slice(0, 7), results])?.verdicts).toMatchObject({
      spf: 'FAIL',
      dkim: 'FAIL',
      dmarc: 'FAIL',
    });
  });

  it('takes the words of no other server for those of SES', () => {
    const results = 'Authentication-Results: mx.sender.example; spf=pass; dkim=pass; dmarc=pass';
    expect(read([...TRACE.slice(0, 7), results])?.verdicts).toMatchObject({
      dkim: 'PROCESSING_FAILED',
    });
  });
});
