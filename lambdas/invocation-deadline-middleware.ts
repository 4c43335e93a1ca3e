import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { InvocationDeadline } from '../adapters/aws/invocation-deadline.ts';

/** Sets the deadline from the time that Lambda gives, and ends it before the answer leaves. */
export const createDeadlineMiddleware = <Event = SQSEvent, Result = SQSBatchResponse>(
  deadline: InvocationDeadline,
): MiddlewareObj<Event, Result> => ({
  before({ context }) {
    deadline.begin(context.getRemainingTimeInMillis());
  },
  after() {
    deadline.end();
  },
  onError() {
    deadline.end();
  },
});
