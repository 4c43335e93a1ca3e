import * as z from 'zod';

/**
 * Verdicts as SES words them. `GRAY` means that the check gave no clear answer,
 * `PROCESSING_FAILED` that it could not run; neither is ever read as `PASS`. `DISABLED` means that
 * nobody looked.
 */
export const VERDICT_STATUSES = ['PASS', 'FAIL', 'GRAY', 'PROCESSING_FAILED', 'DISABLED'] as const;

export const verdictStatusSchema = z.enum(VERDICT_STATUSES);
export type VerdictStatus = z.output<typeof verdictStatusSchema>;

export const verdictsSchema = z.strictObject({
  spam: verdictStatusSchema,
  virus: verdictStatusSchema,
  spf: verdictStatusSchema,
  dkim: verdictStatusSchema,
  dmarc: verdictStatusSchema,
  /** What the domain of the From header asks for when DMARC fails (RFC 7489 section 6.3). */
  dmarcPolicy: z.enum(['none', 'quarantine', 'reject']).optional(),
});
export type Verdicts = z.output<typeof verdictsSchema>;

/** Of mail that nobody looked at on its way in. */
export const NOT_SCANNED: Verdicts = {
  spam: 'DISABLED',
  virus: 'DISABLED',
  spf: 'DISABLED',
  dkim: 'DISABLED',
  dmarc: 'DISABLED',
};
