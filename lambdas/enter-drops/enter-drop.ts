import { DROP_RAW_PREFIX } from '../../mail/configuration/resource-names.ts';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import type { ArrivedMail } from '../../mail/contracts/arrived-mail.ts';
import { createArrivalNotice } from '../../mail/contracts/create-arrival-notice.ts';
import { NOT_SCANNED } from '../../mail/contracts/verdicts.ts';
import { EventError } from '../../mail/errors.ts';
import { createDropArrivalId } from '../../mail/identity/identities.ts';
import type { Ledger } from '../../mail/ledger/ledger.ts';
import { listAddresses } from '../../mail/message/list-addresses.ts';
import {
  createIsOurAddress,
  readHeaderEnvelope,
  type ToldEnvelope,
} from '../../mail/message/read-header-envelope.ts';
import { MAX_HEAD_BYTES, readMailHead } from '../../mail/message/read-mail-head.ts';
import type {
  ArrivalAnnouncer,
  ObjectCopier,
  ObjectHeadReader,
  StoredObject,
} from '../../mail/ports/door-ports.ts';

/** What a drop needs of the world. */
export interface EnterDropPorts {
  readonly objects: ObjectHeadReader & ObjectCopier;
  readonly arrivals: ArrivalAnnouncer;
  readonly ledger: Pick<Ledger, 'recordSeen'>;
  readonly mailBucket: string;
}

/** What came of an object: an empty one, such as a folder of the S3 console, is no mail. */
export type DropOutcome = 'entered' | 'empty';

/** What the metadata `to` and `from` of an object say; `<>` is the null sender. */
function readToldEnvelope(metadata: ReadonlyMap<string, string>): ToldEnvelope {
  const from = metadata.get('from');
  return {
    sender: from === undefined ? undefined : (listAddresses(from)[0] ?? ''),
    recipients: listAddresses(metadata.get('to') ?? ''),
  };
}

/**
 * Lets a dropped mail in: its bytes go where raw mail is kept, then the ledger and the arrivals
 * queue are told. Doing it again makes the same arrival again.
 *
 * @throws {EventError} `event-malformed` when the object is no mail.
 * @throws {PeerUnavailableError}
 */
export async function enterDrop(
  object: StoredObject,
  { objects, arrivals, ledger, mailBucket }: EnterDropPorts,
  { receiving }: Pick<Configuration, 'receiving'>,
): Promise<DropOutcome> {
  if (object.bytes === 0) return 'empty';
  const head = await objects.readHead(object, MAX_HEAD_BYTES);
  const fields = readMailHead(head.bytes);
  if (fields === undefined) {
    throw new EventError('event-malformed', 'expected a raw mail, came another file');
  }
  const arrivalId = createDropArrivalId(object.key, object.versionId ?? object.eTag);
  const raw = { bucket: mailBucket, key: `${DROP_RAW_PREFIX}${arrivalId}` };
  const postmaster = `postmaster@${receiving.domains[0]?.domain ?? ''}`;
  const arrived: ArrivedMail = {
    arrival: { arrivalId, door: 'drop', receivedAt: head.storedAt.toISOString(), raw },
    envelope: readHeaderEnvelope(
      fields,
      readToldEnvelope(head.metadata),
      createIsOurAddress(receiving.domains),
      postmaster,
    ),
    verdicts: NOT_SCANNED,
  };
  await objects.copyObject(object, raw);
  await ledger.recordSeen(arrived);
  await arrivals.announceArrival(createArrivalNotice(arrived));
  return 'entered';
}
