import * as z from 'zod';

/** The ways in. */
export const DOORS = ['ses', 'imap', 'pop3', 'drop'] as const;

/** Where this copy of the mail came from and where its bytes are. */
export const arrivalSchema = z.strictObject({
  /** This copy, deterministic; see `docs/architecture.md`, "Identity". */
  arrivalId: z.string(),
  door: z.enum(DOORS),
  /** The mailbox that it was polled from, by the name in the configuration; with other doors absent. */
  mailbox: z.string().optional(),
  /** When the door took it, ISO 8601 in UTC. */
  receivedAt: z.iso.datetime(),
  /** The raw mail. */
  raw: z.strictObject({ bucket: z.string(), key: z.string(), bytes: z.int().min(0) }),
});
export type Arrival = z.output<typeof arrivalSchema>;
