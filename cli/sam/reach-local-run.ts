import type { LocalEndpoints } from '../../local/endpoints.ts';
import { CONTAINER_HOST } from './counterpart.ts';
import { openFrontDoor } from './open-front-door.ts';

/** The emulators of a local run, as a container reaches them. */
export interface ReachableRun {
  /** For the function's SDK. */
  readonly variables: Readonly<Record<string, string>>;
  /** Ports of this machine's loopback that the function calls. */
  readonly ports: readonly number[];
  close(): Promise<void>;
}

/** Opens a way from a container to the emulators of a local run. */
export async function reachLocalRun({
  awsEndpoint,
  dynamodbEndpoint,
}: LocalEndpoints): Promise<ReachableRun> {
  const door = await openFrontDoor(awsEndpoint);
  const dynamodbPort = Number(new URL(dynamodbEndpoint).port);
  return {
    variables: {
      AWS_ENDPOINT_URL: `http://${CONTAINER_HOST}:${door.port}`,
      AWS_ENDPOINT_URL_DYNAMODB: `http://${CONTAINER_HOST}:${dynamodbPort}`,
    },
    ports: [door.port, dynamodbPort],
    close: () => door.close(),
  };
}
