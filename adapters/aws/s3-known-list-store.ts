import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { knownListKey } from '../../mail/configuration/resource-names.ts';
import type { KnownListStore } from '../../mail/polling/mailbox-state.ts';
import { callAws } from './call-aws.ts';

/** Keeps lists of known mails in the mail bucket under `mailboxes/`. */
export const createS3KnownListStore = (s3: S3Client, bucket: string): KnownListStore => ({
  readList: (mailbox, name) =>
    callAws('S3', async () => {
      try {
        const { Body } = await s3.send(
          new GetObjectCommand({ Bucket: bucket, Key: knownListKey(mailbox, name) }),
        );
        return Body instanceof Readable ? await buffer(Body) : undefined;
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    }),

  async writeList(mailbox, name, list) {
    const Key = knownListKey(mailbox, name);
    await callAws('S3', () => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: list })));
  },

  async removeList(mailbox, name) {
    const Key = knownListKey(mailbox, name);
    await callAws('S3', () => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key })));
  },
});
