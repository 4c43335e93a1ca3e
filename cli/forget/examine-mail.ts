import type { ObjectRemover, ObjectVersion } from '../../adapters/aws/s3-object-remover.ts';
import { claimKey } from '../../mail/configuration/resource-names.ts';
import type { ArrivalStory, ListedMail } from '../../mail/ledger/story-reader.ts';
import { isSameAddress } from '../../mail/ledger/strip-decision.ts';
import type { ObjectAddress } from '../../mail/ports/ports.ts';
import type { OriginalFinder } from './find-original.ts';

/** An object in S3 that belongs to a mail. */
export interface KeptObject {
  /** `original`: what was dropped, in the drop bucket. */
  readonly kind: 'raw' | 'event' | 'original';
  readonly address: ObjectVersion;
  readonly bytes: number;
}

/** What is to become of a mail: all of it goes, or what names the person, or it must be done first. */
export type Forgetting = 'remove' | 'strip' | 'under-way';

/** A mail of a person, and everything that is kept of it. */
export interface KeptMail {
  readonly listed: ListedMail;
  /** Undefined when the arrival's own row is gone. */
  readonly story: ArrivalStory | undefined;
  readonly forgetting: Forgetting;
  /** What goes with it. */
  readonly going: readonly KeptObject[];
  /** What stays, as it is others' too. */
  readonly staying: readonly KeptObject[];
}

export interface ExamineOptions {
  readonly address: string;
  /** Mail that is others' too goes as a whole. */
  readonly isSharedMailRemoved: boolean;
}

function chooseForgetting(
  { recipientCount }: ListedMail,
  story: ArrivalStory | undefined,
  isSharedMailRemoved: boolean,
): Forgetting {
  if (story !== undefined && story.state !== 'done') return 'under-way';
  return recipientCount > 1 && !isSharedMailRemoved ? 'strip' : 'remove';
}

/** Whether the recipients of an event are this person alone. */
function isOnlyFor({ decided }: ArrivalStory, queue: string, address: string): boolean {
  const destination = decided?.decision.destinations.find((one) => one.queue === queue);
  return destination?.recipients.every((recipient) => isSameAddress(recipient, address)) === true;
}

async function findObject(
  objects: KeptPlaces['objects'],
  kind: KeptObject['kind'],
  address: ObjectAddress,
): Promise<readonly KeptObject[]> {
  const bytes = await objects.measureObject(address);
  return bytes === undefined ? [] : [{ kind, address, bytes }];
}

async function findOriginal(
  { arrivalId, door }: ListedMail,
  findOriginalOf: OriginalFinder,
): Promise<readonly KeptObject[]> {
  const found = door === 'drop' ? await findOriginalOf(arrivalId) : undefined;
  if (found === undefined) return [];
  const { bucket, key, versionId, bytes } = found;
  const version = versionId === undefined ? {} : { versionId };
  return [{ kind: 'original', address: { bucket, key, ...version }, bytes }];
}

/** Where the objects of a mail are found. */
export interface KeptPlaces {
  readonly objects: Pick<ObjectRemover, 'measureObject'>;
  readonly findOriginal: OriginalFinder;
}

/** Finds what is kept of a mail and says what is to become of it. */
export async function examineMail(
  listed: ListedMail,
  story: ArrivalStory | undefined,
  { objects, findOriginal: findOriginalOf }: KeptPlaces,
  { address, isSharedMailRemoved }: ExamineOptions,
): Promise<KeptMail> {
  const forgetting = chooseForgetting(listed, story, isSharedMailRemoved);
  const raw = story?.raw ?? null;
  if (story === undefined || raw === null) {
    return { listed, story, forgetting, going: [], staying: [] };
  }
  const isWhole = forgetting === 'remove';
  const going: KeptObject[] = [];
  const staying: KeptObject[] = [];
  (isWhole ? going : staying).push(
    ...(await findObject(objects, 'raw', raw)),
    ...(await findOriginal(listed, findOriginalOf)),
  );
  for (const { queue, eventId } of story.sent) {
    const isGoing = isWhole || (forgetting === 'strip' && isOnlyFor(story, queue, address));
    const key = claimKey(eventId);
    const found = await findObject(objects, 'event', { bucket: raw.bucket, key });
    (isGoing ? going : staying).push(...found);
  }
  return { listed, story, forgetting, going, staying };
}
