import * as z from 'zod';

const ruleSetProperties = z.object({ RuleSetName: z.string().min(1) });

/** What every request of CloudFormation to a custom resource has: where and how to answer it. */
export const customResourceRequestSchema = z.object({
  /** Signed, for one PUT within two hours. Whoever has it can answer: it is never logged. */
  ResponseURL: z.url({ protocol: /^https?$/ }),
  StackId: z.string().min(1),
  RequestId: z.string().min(1),
  LogicalResourceId: z.string().min(1),
  PhysicalResourceId: z.string().min(1).optional(),
});
export type CustomResourceRequest = z.output<typeof customResourceRequestSchema>;

/** What CloudFormation asks of the activation of our rule set. Unknown members pass. */
export const ruleSetRequestSchema = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create'), ResourceProperties: ruleSetProperties }),
  z.object({
    RequestType: z.literal('Update'),
    ResourceProperties: ruleSetProperties,
    OldResourceProperties: ruleSetProperties,
  }),
  z.object({
    RequestType: z.literal('Delete'),
    /** The name of the rule set, or one that CloudFormation made up when Create never answered. */
    PhysicalResourceId: z.string().min(1),
    ResourceProperties: ruleSetProperties,
  }),
]);
export type RuleSetRequest = z.output<typeof ruleSetRequestSchema>;

/** The answer that CloudFormation waits for. */
export interface CustomResourceResponse {
  readonly Status: 'SUCCESS' | 'FAILED';
  /** Why it failed, for the person who deploys. */
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
}
