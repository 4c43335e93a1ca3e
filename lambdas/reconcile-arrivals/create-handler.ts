import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { readObjectEvents } from '../../mail/contracts/read-object-events.ts';
import type { StoredObject } from '../../mail/ports/door-ports.ts';
import {
  type BatchHandler,
  type BatchHandlerOptions,
  createBatchHandler,
} from '../create-batch-handler.ts';
import { enterFoundArrival, type EnterFoundArrivalPorts } from './enter-found-arrival.ts';
import { findLostArrival, type FindLostArrivalPorts } from './find-lost-arrival.ts';

/** What came of an object. */
export type ReconcileOutcome = 'known' | 'no-mail' | 'entered';

export interface ReconcileArrivalsPorts extends EnterFoundArrivalPorts, FindLostArrivalPorts {
  readonly ledger: EnterFoundArrivalPorts['ledger'] & FindLostArrivalPorts['ledger'];
}

export interface ReconcileArrivalsDependencies
  extends ReconcileArrivalsPorts, Omit<BatchHandlerOptions<ReconcileOutcome>, 'takeRecord'> {
  readonly mailBucket: string;
  readonly readConfiguration: () => Pick<Configuration, 'receiving'>;
}

async function reconcileObject(
  object: StoredObject,
  dependencies: ReconcileArrivalsDependencies,
): Promise<ReconcileOutcome> {
  const found = await findLostArrival(object, dependencies, dependencies.readConfiguration());
  if (found.kind !== 'lost') return found.kind;
  await enterFoundArrival(found.arrived, dependencies);
  return 'entered';
}

/**
 * Makes the reconcile-arrivals function: raw mail of SES that parse-mail has not had 15 minutes
 * later is announced in SES's place.
 */
export const createReconcileArrivalsHandler = (
  dependencies: ReconcileArrivalsDependencies,
  middlewares: readonly MiddlewareObj<SQSEvent, SQSBatchResponse>[] = [],
): BatchHandler =>
  createBatchHandler<ReconcileOutcome>(
    {
      ...dependencies,
      takeRecord: ({ body }) =>
        Promise.all(
          readObjectEvents(body, dependencies.mailBucket).map((object) =>
            reconcileObject(object, dependencies),
          ),
        ),
    },
    middlewares,
  );
