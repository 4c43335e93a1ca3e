import { Logger } from '@aws-lambda-powertools/logger';
import { createContext } from '../../test/support/sqs-event.ts';

/** START, END and REPORT of an invocation, as Lambda writes them. */
const LAMBDA_LINES = { count: 3, bytes: 390 };
/** CloudWatch adds so much to each line when it bills. */
const BYTES_OF_A_LINE = 26;

/** What a batch writes into the log group: our one line and Lambda's three. */
export function measureLog(counts: Readonly<Record<string, unknown>>): number {
  let bytes = 0;
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text) => {
    bytes += Buffer.byteLength(text);
    return true;
  };
  try {
    const logger = new Logger({ serviceName: 'parse-mail' });
    logger.addContext(createContext());
    logger.info('batch', counts);
  } finally {
    process.stdout.write = write;
  }
  if (bytes === 0) throw new Error('expected the logger to write on the standard output');
  return bytes + LAMBDA_LINES.bytes + (LAMBDA_LINES.count + 1) * BYTES_OF_A_LINE;
}
