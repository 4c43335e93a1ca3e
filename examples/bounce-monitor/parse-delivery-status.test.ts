import { describe, expect, it } from 'vitest';
import { parseDeliveryStatus } from './parse-delivery-status.ts';

const write = (...lines: readonly string[]): string => lines.join('\r\n');

describe('reading a delivery status', () => {
  it('gives each recipient of a report', () => {
    const report = write(
      'Reporting-MTA: dns; mx.example.net',
      '',
      'Final-Recipient: rfc822; Ada@Example.net',
      'Action: failed',
      'Status: 5.2.2',
      'Diagnostic-Code: smtp; 552 5.2.2 Mailbox full',
      '',
      'Final-Recipient: rfc822;ben@example.net',
      'Action: delayed',
      'Status: 4.4.1 (no answer)',
      '',
    );
    expect(parseDeliveryStatus(report)).toEqual([
      { address: 'ada@example.net', action: 'failed', status: '5.2.2' },
      { address: 'ben@example.net', action: 'delayed', status: '4.4.1' },
    ]);
  });

  it.each([
    ['prefers the recipient that we wrote to', 'Original-Recipient: rfc822; list@example.com'],
    ['knows recipients in UTF-8 (RFC 6533)', 'Original-Recipient: utf-8; list@example.com'],
    ['knows recipients in angle brackets', 'Original-Recipient: rfc822; <list@example.com>'],
    ['takes no notice of case', 'ORIGINAL-RECIPIENT: RFC822; LIST@EXAMPLE.COM'],
    ['unfolds', 'Original-Recipient: rfc822;\r\n\tlist@example.com'],
  ])('%s', (_title, field) => {
    const report = write(field, 'Final-Recipient: rfc822; ada@example.net', 'Action: failed');
    expect(parseDeliveryStatus(report)).toEqual([
      { address: 'list@example.com', action: 'failed', status: null },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['only the message', 'Reporting-MTA: dns; mx.example.net'],
    ['a recipient without an action', 'Final-Recipient: rfc822; ada@example.net'],
    ['an action without a recipient', 'Action: failed'],
    ['a recipient that is no address', 'Final-Recipient: x-local; ada\r\nAction: failed'],
  ])('finds nobody in a report that has %s', (_what, report) => {
    expect(parseDeliveryStatus(report)).toEqual([]);
  });

  it.each([
    [399, 1],
    [400, 1],
    [401, 0],
  ])('of a recipient field of %i characters reads %i address', (length, count) => {
    const field = `rfc822; ${'a'.repeat(length - 18)}@b.example`;
    expect(parseDeliveryStatus(`Final-Recipient: ${field}\nAction: failed`)).toHaveLength(count);
  });

  it.each(['5', 'bounced', '9.1.1', '5.1'])('takes "%s" for no status', (status) => {
    const report = write(
      'Final-Recipient: rfc822; a@b.example',
      'Action: failed',
      `Status: ${status}`,
    );
    expect(parseDeliveryStatus(report)).toMatchObject([{ status: null }]);
  });

  it.each([999, 1000, 1001])('reads at most 1,000 of %i recipients', (count) => {
    const groups = Array.from(
      { length: count },
      (_, number) => `Final-Recipient: rfc822; a${number}@b.example\nAction: failed`,
    );
    expect(parseDeliveryStatus(groups.join('\n\n'))).toHaveLength(Math.min(count, 1000));
  });
});
