import * as z from 'zod';
import { type FunctionEnvironment, functionEnvironmentSchema } from '../function-environment.ts';

/** The variables of the enter-drops function. */
export const enterDropsEnvironmentSchema = z.object({
  ...functionEnvironmentSchema.shape,
  /** The bucket that raw mail is dropped into. */
  DROP_BUCKET: z.string().min(1),
});

/** What is set for the function: the stack and the local tools write exactly these. */
export interface EnterDropsEnvironment extends FunctionEnvironment {
  readonly DROP_BUCKET: string;
}
