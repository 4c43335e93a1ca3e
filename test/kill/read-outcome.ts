import { createHash } from 'node:crypto';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import {
  type MailReceived,
  mailReceivedClaimSchema,
  mailReceivedSchema,
} from '../../mail/contracts/mail-received.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import { drainQueue } from '../support/drain-queue.ts';
import type { MailWorld } from './mail-world.ts';

/** Takes everything out of a queue. */
export const takeBodies = (
  { emulators: { clients, queueUrlBase } }: MailWorld,
  sqsName: string,
): Promise<readonly string[]> => drainQueue(clients.sqs, `${queueUrlBase}${sqsName}`);

/** One message as its consumer reads it, its claim redeemed. */
export interface ArrivedEvent {
  readonly queue: string;
  readonly body: string;
  readonly event: MailReceived;
}

async function redeemClaim({ emulators }: MailWorld, json: unknown): Promise<string> {
  const { event } = mailReceivedClaimSchema.parse(json);
  const { Body } = await emulators.clients.s3.send(
    new GetObjectCommand({ Bucket: event.bucket, Key: event.key }),
  );
  const text = (await Body?.transformToString()) ?? '';
  const sha256 = createHash('sha256').update(text).digest('hex');
  if (sha256 !== event.sha256) throw new Error('a claim stands for other bytes than it says');
  return text;
}

async function readEvent(world: MailWorld, queue: string, body: string): Promise<ArrivedEvent> {
  const json: unknown = JSON.parse(body);
  const isClaim =
    typeof json === 'object' && json !== null && 'type' in json && json.type !== 'mail.received';
  const event: unknown = isClaim ? JSON.parse(await redeemClaim(world, json)) : json;
  return { queue, body, event: mailReceivedSchema.parse(event) };
}

/** Takes every message out of the queues that consumers read. */
export async function takeEvents(world: MailWorld): Promise<readonly ArrivedEvent[]> {
  const { environment, queues } = world.configuration;
  const events: ArrivedEvent[] = [];
  for (const [queue, { type }] of Object.entries(queues)) {
    const bodies = await takeBodies(world, queueNames(environment, queue, type).name);
    for (const body of bodies) events.push(await readEvent(world, queue, body));
  }
  return events;
}
