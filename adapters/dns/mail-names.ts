import { Resolver } from 'node:dns/promises';
import { describeError, PeerUnavailableError } from '../../mail/errors.ts';

/** What the domain name system knows of mail. */
export interface MailNames {
  /** The hosts that take a domain's mail, best first; none when it has no MX. @throws {PeerUnavailableError} */
  readMailExchangers(domain: string): Promise<readonly string[]>;
  /** Whether a host has an address. @throws {PeerUnavailableError} */
  isHostKnown(host: string): Promise<boolean>;
}

const TIMEOUT_MS = 3_000;
const NOT_THERE = new Set(['ENOTFOUND', 'ENODATA']);

async function resolveOrNone<Answer>(ask: () => Promise<Answer[]>): Promise<readonly Answer[]> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(String(error.code))) return [];
    throw new PeerUnavailableError(`no answer from the name server (${describeError(error)})`, {
      cause: error,
    });
  }
}

/**
 * {@link MailNames} as name servers tell them, within seconds.
 *
 * @param options.servers `address:port` of each. @default those of this machine
 */
export function createMailNames({
  servers,
}: { readonly servers?: readonly string[] } = {}): MailNames {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 1 });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    async readMailExchangers(domain) {
      const records = await resolveOrNone(() => resolver.resolveMx(domain));
      return records
        .toSorted((one, other) => one.priority - other.priority)
        .map(({ exchange }) => exchange.toLowerCase());
    },
    isHostKnown: async (host) => (await resolveOrNone(() => resolver.resolve4(host))).length > 0,
  };
}
