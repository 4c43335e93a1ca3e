import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../emulators/embedded-aws.ts';

/**
 * The context that Lambda gives; the handlers read the request id and the time that is left.
 *
 * @param timeoutMs What the function may take.
 */
export function createContext(timeoutMs: number): Context {
  const endsAt = Date.now() + timeoutMs;
  const context: Omit<Context, 'done' | 'fail' | 'succeed'> = {
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'parse-mail',
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:parse-mail`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: '/local/parse-mail',
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
  };
  // Lambda's Node runtime gives its three callbacks of old no longer; only the types still have them.
  return context as Context;
}
