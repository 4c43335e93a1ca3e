import * as z from 'zod';

/** The variables of every function that reads a queue of ours. */
export const functionEnvironmentSchema = z.object({
  /** The bucket that keeps raw mail and claim checks. */
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

/** What a function reads of them. */
export type FunctionVariables = z.output<typeof functionEnvironmentSchema>;

/** What is set for a function: the stack and the local tools write exactly these. */
export type FunctionEnvironment = Omit<
  z.input<typeof functionEnvironmentSchema>,
  'LAMBDA_TASK_ROOT'
>;
