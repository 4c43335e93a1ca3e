import type { ListedObject } from '../../adapters/aws/s3-object-lister.ts';
import {
  findLostArrival,
  type FindLostArrivalPorts,
} from '../../lambdas/reconcile-arrivals/find-lost-arrival.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { EventError } from '../../mail/errors.ts';

/** What came of a search. */
export interface LostArrivals {
  /** Raw mails that were looked at. */
  readonly looked: number;
  /** Those that parse-mail never had, and that nobody let in since. */
  readonly lost: readonly ArrivedMail[];
}

/** LIMIT: rows that are asked for at once. */
const AT_ONCE = 20;

async function findOne(
  object: ListedObject,
  ports: FindLostArrivalPorts,
  configuration: Pick<Configuration, 'receiving'>,
): Promise<readonly ArrivedMail[]> {
  try {
    const found = await findLostArrival(object, ports, configuration);
    if (found.kind !== 'lost') return [];
    const [attempts = 0] = await ports.ledger.readAttempts([found.arrived.arrival.arrivalId]);
    return attempts > 0 ? [] : [found.arrived];
  } catch (error) {
    // Somebody put it there whose affair it is; the others must be found all the same.
    if (error instanceof EventError) return [];
    throw error;
  }
}

/**
 * Looks at the raw mails of SES that were stored at a time or later, and finds those that nobody
 * announced. Changes nothing.
 *
 * @throws {PeerUnavailableError}
 */
export async function findLostArrivals(
  pages: AsyncIterable<readonly ListedObject[]>,
  sinceMs: number,
  ports: FindLostArrivalPorts,
  configuration: Pick<Configuration, 'receiving'>,
): Promise<LostArrivals> {
  const lost: ArrivedMail[] = [];
  let looked = 0;
  for await (const page of pages) {
    const recent = page.filter(({ storedAtMs }) => storedAtMs >= sinceMs);
    looked += recent.length;
    for (let at = 0; at < recent.length; at += AT_ONCE) {
      const some = recent.slice(at, at + AT_ONCE);
      const found = await Promise.all(some.map((one) => findOne(one, ports, configuration)));
      lost.push(...found.flat());
    }
  }
  return { looked, lost };
}
