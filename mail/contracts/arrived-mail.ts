import * as z from 'zod';
import { DOORS } from './arrival.ts';
import { verdictsSchema } from './verdicts.ts';

/** What a door tells of a mail before its bytes are read. */
export const arrivedMailSchema = z.strictObject({
  arrival: z.strictObject({
    arrivalId: z.string().min(1),
    door: z.enum(DOORS),
    /** The mailbox that it was polled from, by the name in the configuration. */
    mailbox: z.string().min(1).exactOptional(),
    receivedAt: z.iso.datetime(),
    /** The number of bytes is known when they have been read. */
    raw: z.strictObject({ bucket: z.string().min(1), key: z.string().min(1) }),
  }),
  envelope: z.strictObject({
    sender: z.string(),
    recipients: z.array(z.string().min(1)).min(1),
    /** `headers` where no server told the envelope: it is read from trace headers, and may lack some. */
    source: z.enum(['smtp', 'headers']),
  }),
  verdicts: verdictsSchema,
});

type Arrived = z.output<typeof arrivedMailSchema>;
export interface ArrivedMail {
  readonly arrival: Readonly<Arrived['arrival']>;
  readonly envelope: Readonly<Omit<Arrived['envelope'], 'recipients'>> & {
    readonly recipients: readonly string[];
  };
  readonly verdicts: Arrived['verdicts'];
}

/**
 * What every door but SES puts into the arrivals queue, and what brings a mail back for another
 * try: the mail is stored already.
 */
export const arrivalNoticeSchema = z.strictObject({
  type: z.literal('mail.arrived'),
  version: z.literal(1),
  arrived: arrivedMailSchema,
  /** A person has looked at it in quarantine: nothing sends it there again. @default false */
  isReleased: z.boolean().default(false),
});
export type ArrivalNotice = z.input<typeof arrivalNoticeSchema>;
