import { createDynamoDbQuarantineDesk } from '../../adapters/aws/dynamodb-quarantine.ts';
import { queueNames, tableName } from '../../mail/configuration/resource-names.ts';
import type { HeldRow } from '../../mail/quarantine/quarantine.ts';
import type { MailWorld } from './mail-world.ts';
import { takeBodies } from './read-outcome.ts';

/** The rows of mail and messages that came in on a day. */
export function readHeld(
  { emulators, configuration }: MailWorld,
  day: string,
): Promise<readonly HeldRow[]> {
  const table = tableName(configuration.environment);
  return createDynamoDbQuarantineDesk(emulators.dynamodb, table).listHeld([day]);
}

/** The codes of what the quarantine queue was told, one for each message that is not equal to another. */
export async function takeToldCodes(world: MailWorld): Promise<readonly unknown[]> {
  const { name } = queueNames(world.configuration.environment, 'inbox');
  const told = new Set(await takeBodies(world, name));
  return [...told].map((body) => (JSON.parse(body) as { readonly code?: unknown }).code);
}
