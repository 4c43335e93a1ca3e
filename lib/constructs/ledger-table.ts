import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { tableName } from '../../mail/configuration/resource-names.ts';
import { planRemoval } from './retention.ts';

/**
 * Makes the one table of the ledger: paid by the request, with point-in-time recovery. Rows forget
 * themselves by `expiresAt`; nothing relies on when.
 */
export const createLedgerTable = (scope: Construct, configuration: Configuration): Table =>
  new Table(scope, 'Ledger', {
    tableName: tableName(configuration.environment),
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expiresAt',
    removalPolicy: planRemoval(configuration),
  });
