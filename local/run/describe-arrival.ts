import * as z from 'zod';
import { type ArrivedMail, arrivalNoticeSchema } from '../../mail/contracts/arrived-mail.ts';
import { createSesArrivalId } from '../../mail/identity/identities.ts';

const arrivalSchema = z.object({
  mail: z.object({
    timestamp: z.string(),
    source: z.string().default(''),
    commonHeaders: z.object({ subject: z.string().nullable().default(null) }).optional(),
  }),
  receipt: z.object({
    recipients: z.array(z.string()),
    action: z.object({ objectKey: z.string() }),
  }),
});

/** What can be said of an arrival before its mail is read. */
export interface ArrivalDescription {
  readonly arrivalId: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string | null;
  /** In ms since 1970. */
  readonly receivedAt: number;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A notice of a door that has no headers of the mail at hand. */
const describeNotice = ({ arrival, envelope }: ArrivedMail): ArrivalDescription => ({
  arrivalId: arrival.arrivalId,
  from: envelope.sender,
  to: envelope.recipients,
  subject: null,
  receivedAt: Date.parse(arrival.receivedAt),
});

/**
 * Reads the notification of an arrival for a line about it. What is no notification at all, which
 * anyone may put into the queue, gives an empty description.
 */
export function describeArrival(notification: string): ArrivalDescription {
  const json = parseJson(notification);
  const notice = arrivalNoticeSchema.safeParse(json);
  if (notice.success) return describeNotice(notice.data.arrived);
  const result = arrivalSchema.safeParse(json);
  if (!result.success) {
    return { arrivalId: null, from: '', to: [], subject: null, receivedAt: Date.now() };
  }
  const { mail, receipt } = result.data;
  const [rule = '', sesMessageId = ''] = receipt.action.objectKey.split('/').slice(-2);
  return {
    arrivalId: createSesArrivalId(rule, sesMessageId),
    from: mail.source,
    to: receipt.recipients,
    subject: mail.commonHeaders?.subject ?? null,
    receivedAt: Date.parse(mail.timestamp),
  };
}
