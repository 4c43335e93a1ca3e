// The emulators in a thread of their own, so that the processor time of what asks them is its own.
import { parentPort, workerData } from 'node:worker_threads';
import { createShutdown } from '../../local/run/shutdown.ts';
import { startEmulators } from '../../local/run/start-emulators.ts';
import type { EmulatorOptions } from '../../local/run/start-emulators.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';

// Only `startEmulatorThread` starts this.
const { options, configuration } = workerData as {
  readonly options: EmulatorOptions;
  readonly configuration: Configuration;
};
const shutdown = createShutdown();
const { awsEndpoint, dynamodbEndpoint, queueUrlBase } = await startEmulators(
  options,
  configuration,
  shutdown,
);
parentPort?.postMessage({ awsEndpoint, dynamodbEndpoint, queueUrlBase });
parentPort?.once('message', () => {
  void shutdown.run().then(() => parentPort?.close());
});
