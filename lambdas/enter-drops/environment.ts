import * as z from 'zod';

/** The variables of the enter-drops function. */
export const enterDropsEnvironmentSchema = z.object({
  /** The bucket that raw mail is dropped into. */
  DROP_BUCKET: z.string().min(1),
  /** The bucket that keeps raw mail. */
  MAIL_BUCKET: z.string().min(1),
  /** The table of the ledger. */
  TABLE_NAME: z.string().min(1),
  /** What stands before a queue's name in its URL: `https://sqs.<region>.amazonaws.com/<account>/`. */
  QUEUE_URL_BASE: z.url().endsWith('/'),
  /** JSON of the part of the configuration that functions carry. @default beside the bundle */
  CONFIGURATION_FILE: z.string().min(1).default('configuration.json'),
  /** Set by Lambda: the folder of the bundle. */
  LAMBDA_TASK_ROOT: z.string().default('.'),
  /** Read by the SDK itself; an endpoint of this kind knows no bucket by its host name. */
  AWS_ENDPOINT_URL: z.url().optional(),
});

/** What is set for the function: the stack and the local tools write exactly these. */
export type EnterDropsEnvironment = Omit<
  z.input<typeof enterDropsEnvironmentSchema>,
  'LAMBDA_TASK_ROOT'
>;
