import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { EnterDropsEnvironment } from '../../lambdas/enter-drops/environment.ts';
import type { LocalEndpoints } from '../../local/endpoints.ts';
import { freshenMessageId } from '../../local/run/freshen-message-id.ts';
import { writeTraceHeaders } from '../../local/ses/write-trace-headers.ts';
import {
  dropBucketName,
  SES_RAW_PREFIX,
  tableName,
} from '../../mail/configuration/resource-names.ts';
import type { Counterpart } from './counterpart.ts';
import { SAMPLE_BUCKET } from './play-local-run.ts';
import { reachLocalRun } from './reach-local-run.ts';

/** The drop bucket that the sample events name. */
export const SAMPLE_DROP_BUCKET = 'postroom-dev-drop-000000000000-us-east-1';

const objectSchema = z.looseObject({ key: z.string(), eTag: z.string(), size: z.number() });
const bodySchema = z.looseObject({
  Records: z
    .array(
      z.looseObject({
        s3: z.looseObject({ bucket: z.looseObject({ name: z.string() }), object: objectSchema }),
      }),
    )
    .default([]),
});
const sqsEventSchema = z.looseObject({ Records: z.array(z.looseObject({ body: z.string() })) });

/** An object for a sample event. */
interface PlayedObject {
  readonly key: string;
  readonly body: Buffer;
}

/** The newsletter as SES stores it, under a message id that no mail had before. */
function createStoredMail(mails: string): PlayedObject {
  const sesMessageId = randomBytes(20).toString('hex');
  const trace = writeTraceHeaders(
    {
      sender: 'bounces+212@growers-weekly.example',
      recipients: ['hello+sam@example.com'],
      clientName: 'mail.growers-weekly.example',
      clientAddress: '192.0.2.7',
    },
    { sesMessageId, at: new Date() },
    { spam: 'PASS', virus: 'PASS', spf: 'GRAY', dkim: 'GRAY', dmarc: 'GRAY' },
  );
  const mail = freshenMessageId(readFileSync(join(mails, 'newsletter.eml')));
  return {
    key: `${SES_RAW_PREFIX}1/${sesMessageId}`,
    body: Buffer.concat([Buffer.from(trace), mail]),
  };
}

/** What stands where an event says; undefined for what SES writes when a receipt rule is made. */
function createObject(key: string, mails: string): PlayedObject | undefined {
  if (key.endsWith('AMAZON_SES_SETUP_NOTIFICATION')) return undefined;
  if (key.startsWith(SES_RAW_PREFIX)) return createStoredMail(mails);
  return { key, body: freshenMessageId(readFileSync(join(mails, basename(key)))) };
}

/** A record whose objects are there. */
interface LaidDownRecord {
  readonly body: string;
  /** What was done, for a person. */
  readonly lines: readonly string[];
}

/** Puts the objects of an event where it says; gives the event with what S3 calls them now. */
async function layDownObjects(body: string, mails: string, s3: S3Client): Promise<LaidDownRecord> {
  const event = bodySchema.parse(JSON.parse(body));
  const lines: string[] = [];
  for (const record of event.Records) {
    const { bucket, object } = record.s3;
    const played = createObject(object.key, mails);
    if (played === undefined) continue;
    const { ETag = '' } = await s3.send(
      new PutObjectCommand({ Bucket: bucket.name, Key: played.key, Body: played.body }),
    );
    const size = played.body.length;
    record.s3.object = { ...object, key: played.key, eTag: ETag.replaceAll('"', ''), size };
    lines.push(`s3://${bucket.name}/${played.key} laid down (${size} bytes)`);
  }
  // The event by which S3 tries a queue tells of no object.
  return { body: event.Records.length === 0 ? body : JSON.stringify(event), lines };
}

/** The running local run stands around a function that S3 tells of objects: its buckets, its queues. */
export async function playObjectEvent(
  root: string,
  sampleEvent: unknown,
  endpoints: LocalEndpoints,
): Promise<Counterpart> {
  const { environment, account, region, mailBucket, queueUrlBase } = endpoints;
  const dropBucket = dropBucketName(environment, account, region);
  const written = JSON.stringify(sqsEventSchema.parse(sampleEvent))
    .replaceAll(SAMPLE_BUCKET, mailBucket)
    .replaceAll(SAMPLE_DROP_BUCKET, dropBucket);
  const sample = sqsEventSchema.parse(JSON.parse(written));
  const s3 = new S3Client({
    endpoint: endpoints.awsEndpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    forcePathStyle: true,
  });
  const laid: LaidDownRecord[] = [];
  for (const { body } of sample.Records) {
    laid.push(await layDownObjects(body, join(root, 'events/mail'), s3));
  }
  s3.destroy();
  // reconcile-arrivals has the same variables but the first.
  const variables = {
    DROP_BUCKET: dropBucket,
    MAIL_BUCKET: mailBucket,
    TABLE_NAME: tableName(environment),
    QUEUE_URL_BASE: queueUrlBase,
  } satisfies EnterDropsEnvironment;
  const reachable = await reachLocalRun(endpoints);
  return {
    event: {
      ...sample,
      Records: sample.Records.map((record, index) => ({ ...record, body: laid[index]?.body })),
    },
    variables: { ...variables, ...reachable.variables },
    environmentName: environment,
    ports: reachable.ports,
    async finish() {
      await reachable.close();
      return { lines: laid.flatMap(({ lines }) => lines), isSuccess: true };
    },
  };
}
