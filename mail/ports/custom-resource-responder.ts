import type { CustomResourceResponse } from '../contracts/rule-set-request.ts';

/** Answers CloudFormation, which waits for nothing else. */
export interface CustomResourceResponder {
  /** @throws {PeerUnavailableError} When the answer was not taken, also after retries. */
  writeResponse(responseUrl: string, response: CustomResourceResponse): Promise<void>;
}
