import type { Pop3Connection } from '../connection.ts';
import { readListing } from './listing.ts';

/** What a server says that it can: a name in upper case, and its parameters. */
export type Capabilities = ReadonlyMap<string, readonly string[]>;

/** LIMIT: RFC 2449 and its extensions name some twenty. */
const MAX_CAPABILITIES = 100;

/** Asks what the server can (RFC 2449 section 5). An old one refuses to say: then it is nothing. */
export async function readCapabilities(connection: Pop3Connection): Promise<Capabilities> {
  const capabilities = new Map<string, readonly string[]>();
  connection.send(['CAPA']);
  const { kind } = await connection.readAnswer();
  if (kind !== 'ok') return capabilities;
  for await (const lines of readListing(connection)) {
    for (const line of lines.slice(0, MAX_CAPABILITIES - capabilities.size)) {
      const [name = '', ...parameters] = line.toUpperCase().split(' ').filter(Boolean);
      if (name !== '') capabilities.set(name, parameters);
    }
  }
  return capabilities;
}
