import { Aws, Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FunctionEnvironment } from '../../lambdas/function-environment.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { pickParseMailConfiguration } from '../../mail/configuration/parse-mail-configuration.ts';
import { NodeFunction } from './node-function.ts';
import { writeCompanionConfiguration } from './write-companion-configuration.ts';

/** What the functions that handle mail work with. */
export interface MailRoomProps {
  readonly configuration: Configuration;
  readonly architecture: Architecture;
  readonly mailBucket: Bucket;
  readonly ledger: Table;
  /** The queue that parse-mail reads. */
  readonly arrivals: IQueue;
}

/** What tells one function that handles mail from another. */
export interface MailFunctionProps {
  /** Its folder below `lambdas/`. */
  readonly lambda: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Variables that it has alone. @default none */
  readonly variables?: Readonly<Record<string, string>>;
  /** The part of the configuration that stands beside its bundle. @default what parse-mail needs */
  readonly companion?: object;
  /** All that it may do, beside writing its log. */
  readonly statements: readonly PolicyStatement[];
}

/**
 * Makes a function that handles mail, with the configuration beside its bundle.
 *
 * @param id Its id in the template, too, so it never changes.
 */
export function createMailFunction(
  scope: Construct,
  id: string,
  room: MailRoomProps,
  { timeoutSeconds, variables, companion, ...props }: MailFunctionProps,
): NodeFunction {
  const { configuration, architecture, mailBucket, ledger } = room;
  const environment: FunctionEnvironment = {
    MAIL_BUCKET: mailBucket.bucketName,
    TABLE_NAME: ledger.tableName,
    QUEUE_URL_BASE: `https://sqs.${Aws.REGION}.${Aws.URL_SUFFIX}/${Aws.ACCOUNT_ID}/`,
  };
  return new NodeFunction(scope, id, {
    ...props,
    logicalId: id,
    configuration,
    architecture,
    timeout: Duration.seconds(timeoutSeconds),
    environment: { ...environment, ...variables },
    companionFile: writeCompanionConfiguration(
      scope,
      props.lambda,
      companion ?? pickParseMailConfiguration(configuration),
    ),
  });
}
