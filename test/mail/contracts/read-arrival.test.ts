import { describe, expect, it } from 'vitest';
import { readArrival } from '../../../mail/contracts/read-arrival.ts';
import { EventError } from '../../../mail/errors.ts';
import { createSesNotification } from '../../support/sample-notification.ts';

const read = (notification: unknown) =>
  readArrival(JSON.stringify(notification), 'mail-bucket')?.arrived;

function readCode(notification: unknown): string | undefined {
  try {
    read(notification);
  } catch (error) {
    return error instanceof EventError ? error.code : String(error);
  }
  return undefined;
}

describe('readArrival, of a notification of SES,', () => {
  it('takes envelope and verdicts from SES, not from headers', () => {
    const notification = createSesNotification();
    expect(read(notification)).toEqual({
      arrival: {
        arrivalId: 'ses-1-abc123',
        door: 'ses',
        receivedAt: '2026-11-24T09:00:00.000Z',
        raw: { bucket: 'mail-bucket', key: 'raw/ses/1/abc123' },
      },
      envelope: {
        sender: 'bounce@sender.example',
        recipients: ['support@example.com'],
        source: 'smtp',
      },
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
    expect(() => readArrival(body, 'mail-bucket')).toThrow(EventError);
  });
});

describe('readArrival, of a notice of another door,', () => {
  const arrived = {
    arrival: {
      arrivalId: 'drop-abc',
      door: 'drop',
      receivedAt: '2026-11-24T09:00:00.000Z',
      raw: { bucket: 'mail-bucket', key: 'raw/drop/abc' },
    },
    envelope: { sender: '', recipients: ['support@example.com'], source: 'headers' },
    verdicts: { spam: 'DISABLED', virus: 'DISABLED', spf: 'DISABLED', dkim: 'PASS', dmarc: 'PASS' },
  };
  const notice = { type: 'mail.arrived', version: 1, arrived };

  it('takes it as it stands', () => {
    expect(readArrival(JSON.stringify(notice), 'mail-bucket')).toEqual({
      arrived,
      isReleased: false,
    });
  });

  it.each([
    ['another bucket', { bucket: 'a-stranger', key: 'raw/drop/abc' }],
    ['an object that is no raw mail', { bucket: 'mail-bucket', key: 'events/abc.json' }],
  ])('refuses %s', (_, raw) => {
    const forged = { ...arrived, arrival: { ...arrived.arrival, raw } };
    expect(readCode({ ...notice, arrived: forged })).toBe('event-not-ours');
  });

  it('says which member is wrong, and not its value', () => {
    const wrong = { ...arrived, envelope: { ...arrived.envelope, source: 'secret' } };
    expect(readCode({ ...notice, arrived: wrong })).toBe('event-malformed');
    expect(() => read({ ...notice, arrived: wrong })).toThrow(
      /arrived\.envelope\.source is wrong$/,
    );
  });
});
