import * as z from 'zod';
import { mailboxEventSchema } from './mailbox-events.ts';
import { mailQuarantinedSchema } from './mail-quarantined.ts';
import { mailReceivedClaimSchema, mailReceivedSchema } from './mail-received.ts';
import { messageQuarantinedSchema } from './message-quarantined.ts';

/** The contracts that others build on, by the file each is published in. */
const CONTRACTS = {
  'mail-received.v1.schema.json': mailReceivedSchema,
  'mail-received-claim.v1.schema.json': mailReceivedClaimSchema,
  'mail-quarantined.v1.schema.json': mailQuarantinedSchema,
  'message-quarantined.v1.schema.json': messageQuarantinedSchema,
  'mailbox-event.v1.schema.json': mailboxEventSchema,
} as const;

/** A published JSON Schema. */
export interface PublishedSchema {
  /** The file's name in `docs/schemas/`. */
  readonly file: string;
  readonly text: string;
}

/** JSON Schema (draft 2020-12) of each contract. */
export const createPublishedSchemas = (): readonly PublishedSchema[] =>
  Object.entries(CONTRACTS).map(([file, schema]) => ({
    file,
    text: `${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`,
  }));
