import type { ArrivalNotice, ArrivedMail } from './arrived-mail.ts';

/** What a door puts into the arrivals queue for a mail that it has stored. */
export const createArrivalNotice = (arrived: ArrivedMail): ArrivalNotice => ({
  type: 'mail.arrived',
  version: 1,
  arrived: {
    ...arrived,
    envelope: { ...arrived.envelope, recipients: [...arrived.envelope.recipients] },
  },
});
