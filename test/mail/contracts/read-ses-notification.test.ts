import { describe, expect, it } from 'vitest';
import { readSesNotification } from '../../../mail/contracts/read-ses-notification.ts';
import { EventError } from '../../../mail/errors.ts';
import { createSesNotification } from '../../support/sample-notification.ts';

const read = (notification: unknown) =>
  readSesNotification(JSON.stringify(notification), 'mail-bucket');

function readCode(notification: unknown): string | undefined {
  try {
    read(notification);
  } catch (error) {
    return error instanceof EventError ? error.code : String(error);
  }
  return undefined;
}

describe('readSesNotification', () => {
  it('takes envelope and verdicts from SES, not from headers', () => {
    const notification = createSesNotification();
    expect(read(notification)).toEqual({
      arrival: {
        arrivalId: 'ses-1-abc123',
        door: 'ses',
        receivedAt: '2026-11-24T09:00:00.000Z',
        raw: { bucket: 'mail-bucket', key: 'raw/ses/1/abc123' },
      },
      envelope: { sender: 'bounce@sender.example', recipients: ['support@example.com'] },
      verdicts: {
        spam: 'PASS',
        virus: 'PASS',
        spf: 'GRAY',
        dkim: 'PASS',
        dmarc: 'FAIL',
        dmarcPolicy: 'reject',
      },
    });
  });

  it('never reads a missing or unknown verdict as PASS', () => {
    const notification = createSesNotification();
    const { spamVerdict, ...receipt } = notification.receipt;
    const odd = { ...notification, receipt: { ...receipt, virusVerdict: { status: 'FINE' } } };
    expect(read(odd)?.verdicts).toMatchObject({ spam: 'DISABLED', virus: 'PROCESSING_FAILED' });
  });

  it('reads an absent source as the null sender', () => {
    const notification = createSesNotification();
    const { source, ...mail } = notification.mail;
    expect(read({ ...notification, mail })?.envelope.sender).toBe('');
  });

  it("ignores SES's setup notification", () => {
    const notification = createSesNotification();
    const mail = { ...notification.mail, messageId: 'AMAZON_SES_SETUP_NOTIFICATION' };
    expect(read({ ...notification, mail })).toBeUndefined();
  });

  it('does not ignore a mail that only speaks of the setup notification', () => {
    const notification = createSesNotification();
    const headers = [{ name: 'Subject', value: 'AMAZON_SES_SETUP_NOTIFICATION' }];
    expect(read({ ...notification, mail: { ...notification.mail, headers } })).toBeDefined();
  });

  it.each([
    ['another bucket', { bucketName: 'other-bucket' }],
    ['another prefix', { objectKey: 'events/abc123' }],
    ['a deeper key', { objectKey: 'raw/ses/1/x/abc123' }],
    ['a rule that is no number', { objectKey: 'raw/ses/../abc123' }],
    ['the key of another message', { objectKey: 'raw/ses/1/other' }],
  ])('refuses %s', (_, change) => {
    const notification = createSesNotification();
    const action = { ...notification.receipt.action, ...change };
    const forged = { ...notification, receipt: { ...notification.receipt, action } };
    expect(readCode(forged)).toBe('event-not-ours');
  });

  it('says which member of a malformed notification is wrong, and not its value', () => {
    const notification = createSesNotification();
    const receipt = { ...notification.receipt, recipients: [] };
    expect(() => read({ ...notification, receipt })).toThrow(/receipt\.recipients/);
    expect(readCode({ ...notification, receipt })).toBe('event-malformed');
  });

  it.each(['', '{', 'null', '[]', '"x"'])('refuses %j', (body) => {
    expect(() => readSesNotification(body, 'mail-bucket')).toThrow(EventError);
  });
});
