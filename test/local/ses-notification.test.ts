import { describe, expect, it } from 'vitest';
import { createSesMessageId } from '../../local/ses/create-ses-message-id.ts';
import { createSesNotification, type StoredMail } from '../../local/ses/create-ses-notification.ts';
import { parseVerdictHeader } from '../../local/ses/parse-verdict-header.ts';
import { writeTraceHeaders } from '../../local/ses/write-trace-headers.ts';
import { matchReceiptRules, toArrivalId } from '../../local/ses/match-receipt-rules.ts';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';
import { CONFIGURATION } from './fixture.ts';

const at = new Date('2026-11-02T08:14:07.000Z');
const dialogue = {
  sender: 'ada@example.net',
  recipients: ['support@example.com', 'x@example.org'],
  clientName: 'client.example.net',
  clientAddress: '192.0.2.1',
};
const verdicts = parseVerdictHeader([{ name: 'X-Postroom-Verdict', value: 'spam=FAIL' }]);
const mail: StoredMail = {
  dialogue,
  sesMessageId: 'abc',
  at,
  verdicts,
  fields: [
    { name: 'From', value: '"Berg, Ada" <ada@example.net>' },
    { name: 'To', value: 'support@example.com, "B, C" <b@example.org>' },
    { name: 'Subject', value: 'Hello' },
    { name: 'Message-ID', value: '<1@example.net>' },
  ],
};
const stored = {
  recipients: ['support@example.com'],
  bucketName: 'bucket',
  objectKeyPrefix: 'raw/ses/1/',
  topicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
  processingTimeMillis: 12,
};

describe('the notification', () => {
  it('is what SES writes for an S3 action', () => {
    expect(JSON.parse(JSON.stringify(createSesNotification(mail, stored)))).toEqual({
      notificationType: 'Received',
      mail: {
        timestamp: '2026-11-02T08:14:07.000Z',
        source: 'ada@example.net',
        messageId: 'abc',
        destination: ['support@example.com', 'x@example.org'],
        headersTruncated: false,
        headers: mail.fields,
        commonHeaders: {
          returnPath: 'ada@example.net',
          from: ['"Berg, Ada" <ada@example.net>'],
          to: ['support@example.com', '"B, C" <b@example.org>'],
          messageId: '<1@example.net>',
          subject: 'Hello',
        },
      },
      receipt: {
        timestamp: '2026-11-02T08:14:07.000Z',
        processingTimeMillis: 12,
        recipients: ['support@example.com'],
        spamVerdict: { status: 'FAIL' },
        virusVerdict: { status: 'GRAY' },
        spfVerdict: { status: 'GRAY' },
        dkimVerdict: { status: 'GRAY' },
        dmarcVerdict: { status: 'GRAY' },
        action: {
          type: 'S3',
          topicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
          bucketName: 'bucket',
          objectKeyPrefix: 'raw/ses/1/',
          objectKey: 'raw/ses/1/abc',
        },
      },
    });
  });

  it('is one that the function takes for its own', () => {
    const body = JSON.stringify(createSesNotification(mail, stored));
    expect(readArrival(body, 'bucket')?.arrived).toMatchObject({
      arrival: { arrivalId: 'ses-1-abc', raw: { bucket: 'bucket', key: 'raw/ses/1/abc' } },
      envelope: { sender: 'ada@example.net', recipients: ['support@example.com'] },
    });
  });

  it.each([
    ['"Berg, Ada <a@example.net>', ['"Berg, Ada <a@example.net>']],
    ['a@example.net, "\\', ['a@example.net', '"\\']],
    ['"\\"", b@example.net', ['"\\""', 'b@example.net']],
  ])('splits %j where it can be split', (to, addresses) => {
    const fields = [{ name: 'To', value: to }];
    expect(createSesNotification({ ...mail, fields }, stored)).toMatchObject({
      mail: { commonHeaders: { to: addresses } },
    });
  });

  it('splits a hostile list in linear time', () => {
    const fields = [{ name: 'To', value: `"${'\\"'.repeat(60_000)}` }];
    const start = performance.now();
    createSesNotification({ ...mail, fields }, stored);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('carries whole headers up to 10 KB and says that there were more', () => {
    const fields = Array.from({ length: 20 }, () => ({ name: 'X', value: 'y'.repeat(1000) }));
    expect(createSesNotification({ ...mail, fields }, stored)).toMatchObject({
      mail: { headersTruncated: true, headers: fields.slice(0, 10) },
    });
  });
});

describe('the headers before a mail', () => {
  it('name the way that it came', () => {
    expect(
      writeTraceHeaders(dialogue, { sesMessageId: 'abc', at }, verdicts).split('\r\n'),
    ).toEqual([
      'Return-Path: <ada@example.net>',
      'Received: from client.example.net (client.example.net [192.0.2.1])',
      ' by inbound-smtp.us-east-1.amazonaws.com with SMTP id abc',
      ' for support@example.com;',
      ' Mon, 02 Nov 2026 08:14:07 +0000 (UTC)',
      'X-SES-Spam-Verdict: FAIL',
      'X-SES-Virus-Verdict: GRAY',
      '',
    ]);
  });

  it('take no line from what a client calls itself', () => {
    const hostile = { ...dialogue, clientName: 'a\r\nX-Evil: 1' };
    expect(writeTraceHeaders(hostile, { sesMessageId: 'abc', at }, verdicts)).not.toContain(
      '\r\nX-Evil',
    );
  });
});

describe('a verdict that SES does not have', () => {
  it('is named in one short line, whatever the mail wrote', () => {
    const value = `spam=\r\u001b[2J${'x'.repeat(5000)}`;
    expect(() => parseVerdictHeader([{ name: 'X-Postroom-Verdict', value }])).toThrow(
      `X-Postroom-Verdict: expected spam, virus, spf, dkim, dmarc = PASS, FAIL, GRAY, PROCESSING_FAILED, DISABLED, came spam= [2J${'x'.repeat(50)}…`,
    );
  });
});

describe('the message id', () => {
  it('has the form of those of SES, another each time', () => {
    const ids = Array.from({ length: 100 }, createSesMessageId);
    for (const id of ids) expect(id).toMatch(/^[0-9a-v]{40}$/);
    expect(new Set(ids).size).toBe(100);
  });
});

describe('the receipt rules', () => {
  const domains = Array.from({ length: 501 }, (_, index) => ({
    domain: `d${index}.example`,
    catchAll: true,
  }));
  const configuration = parseConfiguration({ ...CONFIGURATION, receiving: { domains } });

  it('each get the recipients of their domains, case ignored', () => {
    const matched = matchReceiptRules(configuration, [
      'a@D0.example',
      'b@d500.example',
      'c@d1.example',
    ]);
    expect(matched.map(({ recipients }) => recipients)).toEqual([
      ['a@D0.example', 'c@d1.example'],
      ['b@d500.example'],
    ]);
    expect(matched.map((rule) => toArrivalId(rule, 'x'))).toEqual(['ses-1-x', 'ses-2-x']);
  });
});
