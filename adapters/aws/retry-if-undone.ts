import { DynamoDBServiceException, type UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/** Whether DynamoDB said that it did not do what it was asked. After any other failure it may have. */
const isRefusal = (error: unknown): boolean =>
  error instanceof DynamoDBServiceException && error.$fault === 'client';

/** Stands inside the SDK's retries and sees each try of one sending. */
const failUnlessUndone = <Request, Answer>(next: (request: Request) => Promise<Answer>) => {
  let failure: unknown;
  return async (request: Request): Promise<Answer> => {
    if (failure instanceof Error && !isRefusal(failure)) throw failure;
    try {
      return await next(request);
    } catch (error) {
      failure = error;
      throw error;
    }
  };
};

/**
 * Keeps the SDK from sending a write again that may have been done: it tries again only where
 * DynamoDB refused it.
 */
export function retryIfUndone(command: UpdateItemCommand): void {
  command.middlewareStack.addRelativeTo(failUnlessUndone, {
    name: 'retryIfUndone',
    relation: 'after',
    toMiddleware: 'retryMiddleware',
  });
}
