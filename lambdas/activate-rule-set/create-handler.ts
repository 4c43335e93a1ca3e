import {
  type CustomResourceRequest,
  customResourceRequestSchema,
  type RuleSetRequest,
  ruleSetRequestSchema,
} from '../../mail/contracts/rule-set-request.ts';
import { describeError, EventError } from '../../mail/errors.ts';
import type { CustomResourceResponder } from '../../mail/ports/custom-resource-responder.ts';
import type { ReceiptRuleSets } from '../../mail/ports/ports.ts';
import { type ActivationOutcome, changeActiveRuleSet } from './change-active-rule-set.ts';

/** What the function needs of the world. */
export interface ActivateRuleSetDependencies {
  readonly ruleSets: ReceiptRuleSets;
  readonly responder: CustomResourceResponder;
  /** Told how each request ended: one log line. @default nobody is told */
  readonly reportOutcome?: (outcome: ActivationOutcome | FailedActivation) => void;
}

/** Something went wrong that a repetition may mend. */
export interface FailedActivation {
  readonly kind: 'failed';
  readonly reason: string;
}

export type ActivateRuleSetHandler = (event: unknown) => Promise<void>;

/** LIMIT: CloudFormation reads an answer of at most 4,096 bytes. */
const MAX_REASON_CHARACTERS = 1000;

/** @throws {EventError} */
function parseRuleSetRequest(event: unknown): RuleSetRequest {
  const request = ruleSetRequestSchema.safeParse(event);
  if (request.success) return request.data;
  const members = request.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new EventError('event-malformed', `Not a request to activate a rule set: see ${members}`);
}

/** The resource's name at CloudFormation: the rule set's, whatever becomes of the request. */
function chooseResourceId(event: unknown, request: CustomResourceRequest): string {
  const { data } = ruleSetRequestSchema.safeParse(event);
  return data === undefined || data.RequestType === 'Delete'
    ? (request.PhysicalResourceId ?? request.LogicalResourceId)
    : data.ResourceProperties.RuleSetName;
}

async function tryChange(
  ruleSets: ReceiptRuleSets,
  event: unknown,
): Promise<ActivationOutcome | FailedActivation> {
  try {
    return await changeActiveRuleSet(ruleSets, parseRuleSetRequest(event));
  } catch (error) {
    return { kind: 'failed', reason: describeError(error).slice(0, MAX_REASON_CHARACTERS) };
  }
}

/**
 * Makes the function that CloudFormation calls to activate our rule set, and to leave none active
 * before the stack goes.
 *
 * It answers every request that says where to answer: a deployment waits for that and nothing else.
 * What went wrong is the answer's reason.
 *
 * @throws {EventError} When the event does not say where to answer.
 */
export function createActivateRuleSetHandler({
  ruleSets,
  responder,
  reportOutcome,
}: ActivateRuleSetDependencies): ActivateRuleSetHandler {
  return async (event) => {
    const request = customResourceRequestSchema.safeParse(event);
    if (!request.success) {
      throw new EventError('event-malformed', 'Not a request of CloudFormation: nowhere to answer');
    }
    const outcome = await tryChange(ruleSets, event);
    reportOutcome?.(outcome);
    const { ResponseURL, StackId, RequestId, LogicalResourceId } = request.data;
    await responder.writeResponse(ResponseURL, {
      ...('reason' in outcome
        ? { Status: 'FAILED', Reason: outcome.reason }
        : { Status: 'SUCCESS' }),
      PhysicalResourceId: chooseResourceId(event, request.data),
      StackId,
      RequestId,
      LogicalResourceId,
    });
  };
}
