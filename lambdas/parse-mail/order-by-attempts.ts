import type { SQSRecord } from 'aws-lambda';
import { readArrival } from '../../mail/contracts/read-arrival.ts';
import { EventError } from '../../mail/errors.ts';
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
  const attempts = await ledger.readAttempts(arrivalIds);
  const byArrival = new Map(
    arrivalIds.map((arrivalId, index) => [arrivalId, attempts[index] ?? 0]),
  );
  const readAttempts = (arrivalId: string | undefined): number =>
    (arrivalId === undefined ? undefined : byArrival.get(arrivalId)) ?? 0;
  return announced
    .toSorted((one, other) => readAttempts(one.arrivalId) - readAttempts(other.arrivalId))
    .map(({ record }) => record);
}
