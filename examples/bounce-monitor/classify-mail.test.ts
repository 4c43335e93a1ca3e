import { describe, expect, it } from 'vitest';
import type { MailReceived } from '../../consumer/mail-event.ts';
import { createSampleEvent } from '../../test/support/sample-event.ts';
import { classifyMail } from './classify-mail.ts';

const STATUS_PART = {
  name: null,
  type: 'message/delivery-status',
  bytes: 210,
  partPath: '2',
  contentId: null,
  disposition: 'attachment',
} as const;

const withHeader = (name: string, value: string): Pick<MailReceived, 'headers'> => ({
  headers: [{ name, value }],
});

const REPORT = withHeader(
  'Content-Type',
  'multipart/report; report-type=delivery-status; boundary=b',
);

describe('telling feedback apart', () => {
  it.each([
    ['multipart/report; report-type=delivery-status; boundary=b'],
    ['Multipart/Report; boundary="b"; Report-Type="delivery-status"'],
    ['multipart/report; report-type=global-delivery-status; boundary=b'],
  ])('takes %s for a bounce, and finds its part', (value) => {
    const mail = { ...withHeader('content-type', value), attachments: [STATUS_PART] };
    expect(classifyMail(createSampleEvent(mail))).toEqual({ kind: 'bounce', partPath: '2' });
  });

  it('takes a report without the part for a bounce that tells of nobody', () => {
    expect(classifyMail(createSampleEvent(REPORT))).toEqual({
      kind: 'bounce',
      partPath: undefined,
    });
  });

  it.each([
    ['multipart/report; report-type=feedback-report; boundary=b'],
    ['multipart/report; report-type=disposition-notification; boundary=b'],
    ['multipart/mixed; boundary="report-type=delivery-status"'],
    ['text/plain'],
  ])('does not take %s for a bounce', (value) => {
    const mail = { ...withHeader('Content-Type', value), attachments: [STATUS_PART] };
    expect(classifyMail(createSampleEvent(mail))).toEqual({ kind: 'other' });
  });

  it.each([
    'unsubscribe',
    'Unsubscribe me',
    'Re: unsubscribe',
    'AW: RE: UNSUBSCRIBE',
    ' unsubscribe',
  ])('takes the subject "%s" for a request to unsubscribe', (subject) => {
    expect(classifyMail(createSampleEvent({ subject }))).toEqual({
      ...{ kind: 'unsubscribe', address: 'ann@example.net' },
    });
  });

  it.each(['How do I unsubscribe?', 'unsubscribed', 'Hello', null])(
    'does not take the subject "%s" for one',
    (subject) => {
      expect(classifyMail(createSampleEvent({ subject }))).toEqual({ kind: 'other' });
    },
  );

  it.each([
    ['bounces+unsubscribe@example.com', 'unsubscribe'],
    ['unsubscribe-17@example.com', 'unsubscribe'],
    ['ada@unsubscribe.example.com', 'other'],
  ])('takes a mail to %s for %s', (address, kind) => {
    const mail = createSampleEvent({ subject: 'Hi', to: [{ name: '', address }] });
    expect(classifyMail(mail)).toMatchObject({ kind });
  });

  it.each([
    ['auto-replied', 'other'],
    ['auto-generated', 'other'],
    ['no', 'unsubscribe'],
  ])('with Auto-Submitted: %s takes "unsubscribe" for %s', (value, kind) => {
    const mail = { ...withHeader('Auto-Submitted', value), subject: 'Re: unsubscribe' };
    expect(classifyMail(createSampleEvent(mail))).toMatchObject({ kind });
  });

  it('takes nobody off a list whom the mail does not name', () => {
    const mail = createSampleEvent({ subject: 'unsubscribe', from: [] });
    expect(classifyMail(mail)).toEqual({ kind: 'other' });
  });
});
