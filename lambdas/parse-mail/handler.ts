import { createDynamoDbQuarantineWriter } from '../../adapters/aws/dynamodb-quarantine.ts';
import { createS3ClaimWriter } from '../../adapters/aws/s3-claim-writer.ts';
import { createS3RawMailReader } from '../../adapters/aws/s3-raw-mail-reader.ts';
import { createSqsEventSender } from '../../adapters/aws/sqs-event-sender.ts';
import { createMailparserMimeParser } from '../../adapters/mime/mailparser-mime-parser.ts';
import { functionEnvironmentSchema } from '../function-environment.ts';
import { wireBatchFunction } from '../wire-batch-function.ts';
import { createParseMailHandler } from './create-handler.ts';

const variables = functionEnvironmentSchema.parse(process.env);
const { configuration, clients, rows, queueUrlBase, dependencies, middlewares } = wireBatchFunction(
  'parse-mail',
  variables,
);

/** The deployed function. */
export const handler = createParseMailHandler(
  {
    ...dependencies,
    rawMail: createS3RawMailReader(clients.s3),
    claims: createS3ClaimWriter(clients.s3, variables.MAIL_BUCKET),
    events: createSqsEventSender(clients.sqs, {
      queueUrlBase,
      configuration,
    }),
    mime: createMailparserMimeParser(),
    quarantine: createDynamoDbQuarantineWriter(clients.dynamodb, rows),
  },
  middlewares,
);
