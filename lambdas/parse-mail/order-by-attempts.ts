import type { SQSRecord } from 'aws-lambda';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import { EventError, PeerUnavailableError } from '../../mail/errors.ts';
import type { Ledger } from '../../mail/ledger/ledger.ts';

/** The arrival that a record announces; undefined where it announces none of ours. */
function readArrivalId({ body }: SQSRecord, mailBucket: string): string | undefined {
  try {
    return readArrival(body, mailBucket)?.arrived.arrival.arrivalId;
  } catch (error) {
    if (error instanceof EventError) return undefined;
    throw error;
  }
}

/** How often each was taken; undefined where the ledger does not answer. */
async function readAttemptsIfAny(
  ledger: Pick<Ledger, 'readAttempts'>,
  arrivalIds: readonly string[],
): Promise<readonly number[] | undefined> {
  try {
    return await ledger.readAttempts(arrivalIds);
  } catch (error) {
    // Each record will fail by itself then, and say when it comes back; thrown from here, the
    // failure would be the whole batch's, which comes back at the queue's visibility timeout.
    if (error instanceof PeerUnavailableError) return undefined;
    throw error;
  }
}

/**
 * Orders records that were received before by how often their arrivals were taken. Whatever ended
 * the process was taken once more than those that were still waiting, so it comes last.
 */
export async function orderByAttempts(
  records: readonly SQSRecord[],
  ledger: Pick<Ledger, 'readAttempts'>,
  mailBucket: string,
): Promise<SQSRecord[]> {
  if (records.length < 2) return [...records];
  const announced = records.map((record) => ({
    record,
    arrivalId: readArrivalId(record, mailBucket),
  }));
  const arrivalIds = announced.flatMap(({ arrivalId }) => arrivalId ?? []);
  const attempts = await readAttemptsIfAny(ledger, arrivalIds);
  if (attempts === undefined) return [...records];
  const byArrival = new Map(
    arrivalIds.map((arrivalId, index) => [arrivalId, attempts[index] ?? 0]),
  );
  const readAttempts = (arrivalId: string | undefined): number =>
    (arrivalId === undefined ? undefined : byArrival.get(arrivalId)) ?? 0;
  return announced
    .toSorted((one, other) => readAttempts(one.arrivalId) - readAttempts(other.arrivalId))
    .map(({ record }) => record);
}
