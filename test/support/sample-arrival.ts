import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';

/** A mail by SES, as it is announced. */
export const createArrived = (
  arrivalId: string,
  recipients: readonly string[] = ['support@example.com'],
): ArrivedMail => ({
  arrival: {
    arrivalId,
    door: 'ses',
    receivedAt: '2026-11-24T08:59:59.000Z',
    raw: { bucket: 'mail', key: `raw/ses/1/${arrivalId}` },
  },
  envelope: { sender: 'ann@sender.example', recipients, source: 'smtp' },
  verdicts: { spam: 'PASS', virus: 'PASS', spf: 'PASS', dkim: 'PASS', dmarc: 'PASS' },
});
