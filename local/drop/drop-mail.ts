import { SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  type DroppedMail,
  writeDrop,
  type WrittenDrop,
} from '../../adapters/aws/s3-drop-writer.ts';
import { DROPS_QUEUE } from '../../mail/configuration/object-queues.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import type { LocalClients } from '../emulators/create-clients.ts';
import { LOCAL_REGION } from '../emulators/embedded-aws.ts';
import { localDropBucket } from '../queues/create-resources.ts';

/** The local run that a mail is dropped into. */
export interface DropTarget {
  readonly clients: Pick<LocalClients, 's3' | 'sqs'>;
  readonly environment: string;
  readonly queueUrlBase: string;
}

/** Keys stand in events as in a form. */
const encodeKey = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+');

/** What S3 tells its queue of an object (Amazon S3 User Guide, "Event message structure"). */
export const createDropEvent = ({ bucket, key, eTag, bytes }: WrittenDrop): object => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: LOCAL_REGION,
      eventTime: new Date().toISOString(),
      eventName: 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
        object: { key: encodeKey(key), size: bytes, eTag },
      },
    },
  ],
});

/**
 * Puts a mail into the drop bucket of a local run and tells the drops queue, which the emulator of
 * S3 does not do. When it returns, both are on disk.
 */
export async function dropMail(
  mail: DroppedMail,
  { clients, environment, queueUrlBase }: DropTarget,
): Promise<WrittenDrop> {
  const written = await writeDrop(clients.s3, localDropBucket(environment), mail);
  await clients.sqs.send(
    new SendMessageCommand({
      QueueUrl: `${queueUrlBase}${queueNames(environment, DROPS_QUEUE).name}`,
      MessageBody: JSON.stringify(createDropEvent(written)),
    }),
  );
  return written;
}
