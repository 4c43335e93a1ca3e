import type { MiddlewareObj } from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { readObjectEvents } from '../../mail/contracts/read-object-events.ts';
import {
  type BatchHandler,
  type BatchHandlerOptions,
  createBatchHandler,
} from '../create-batch-handler.ts';
import { type DropOutcome, enterDrop, type EnterDropPorts } from './enter-drop.ts';

export interface EnterDropsDependencies
  extends EnterDropPorts, Omit<BatchHandlerOptions<DropOutcome>, 'takeRecord'> {
  readonly dropBucket: string;
  /** Asked at each record: the local run exchanges the configuration while it runs. */
  readonly readConfiguration: () => Pick<Configuration, 'receiving'>;
}

/**
 * Makes the enter-drops function: what S3 says was dropped becomes an arrival. Events may come in
 * any order and more than once.
 */
export const createEnterDropsHandler = (
  dependencies: EnterDropsDependencies,
  middlewares: readonly MiddlewareObj<SQSEvent, SQSBatchResponse>[] = [],
): BatchHandler =>
  createBatchHandler<DropOutcome>(
    {
      ...dependencies,
      takeRecord: ({ body }) =>
        Promise.all(
          readObjectEvents(body, dependencies.dropBucket).map((object) =>
            enterDrop(object, dependencies, dependencies.readConfiguration()),
          ),
        ),
    },
    middlewares,
  );
