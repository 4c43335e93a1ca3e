import type { CallPlan, Interference, Service, ServiceAnswer } from './call-proxy.ts';

/** How a service can fail a call. */
export const FAULT_KINDS = [
  'throttled',
  'failed',
  'reset before',
  'reset after',
  'silent before',
  'silent after',
  'broken off',
  'stalled',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const answerJson = (status: number, type: string): ServiceAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: JSON.stringify({ __type: type, message: 'as the harness wants it' }),
});
const answerXml = (status: number, code: string): ServiceAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`,
});

/** The answers as AWS gives them. */
const ANSWERS: Readonly<Record<Service, Readonly<Record<'throttled' | 'failed', ServiceAnswer>>>> =
  {
    S3: { throttled: answerXml(503, 'SlowDown'), failed: answerXml(500, 'InternalError') },
    SQS: {
      throttled: answerJson(429, 'com.amazonaws.sqs#RequestThrottled'),
      failed: answerJson(500, 'InternalFailure'),
    },
    DynamoDB: {
      throttled: answerJson(
        400,
        'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      ),
      failed: answerJson(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError'),
    },
  };

/** What the proxy does so that a service fails in this way. */
export function createInterference(kind: FaultKind, service: Service): Interference {
  switch (kind) {
    case 'throttled':
    case 'failed':
      return { when: 'before', how: 'answer', answer: ANSWERS[service][kind] };
    case 'reset before':
      return { when: 'before', how: 'reset' };
    case 'reset after':
      return { when: 'after', how: 'reset' };
    case 'silent before':
      return { when: 'before', how: 'hang' };
    case 'silent after':
      return { when: 'after', how: 'hang' };
    case 'broken off':
      return { when: 'midway', how: 'reset' };
    case 'stalled':
      return { when: 'midway', how: 'hang' };
  }
}

/** Two attempts of the SDK: with both failed, the call has failed. */
const ATTEMPTS = 2;

/** Lets a call fail in one way, its retry too. */
export const createFaultPlan =
  (kind: FaultKind, index: number, attempts = ATTEMPTS): CallPlan =>
  (call) =>
    call.index >= index && call.index < index + attempts
      ? createInterference(kind, call.service)
      : undefined;

/** Lets a few calls at random fail in random ways, each with its retry. */
export function createRandomFaultPlan(random: () => number, maxFaults: number): CallPlan {
  let faults = 0;
  let isRetryNext: FaultKind | undefined;
  return ({ service }) => {
    if (isRetryNext !== undefined) {
      const kind = isRetryNext;
      isRetryNext = undefined;
      return createInterference(kind, service);
    }
    if (faults >= maxFaults || random() > 0.1) return undefined;
    faults += 1;
    isRetryNext = FAULT_KINDS[Math.floor(random() * FAULT_KINDS.length)];
    return isRetryNext === undefined ? undefined : createInterference(isRetryNext, service);
  };
}
