import * as z from 'zod';
import type { Configuration } from '../../mail/configuration/configuration-schema.ts';
import { queueNames } from '../../mail/configuration/resource-names.ts';
import type { LocalEndpoints } from '../endpoints.ts';
import { peekLocalQueue } from '../queues.ts';
import { matchReceiptRules, toArrivalId } from '../ses/match-receipt-rules.ts';
import type { RecentMail, RecentMails } from './recent-mails.ts';
import type { SentSample } from './sample-mails.ts';

const DEADLINE_MS = 60_000;

const eventSchema = z.object({ eventId: z.string() });

export interface CheckSamplesOptions {
  readonly configuration: Configuration;
  readonly endpoints: Pick<LocalEndpoints, 'awsEndpoint'>;
  readonly recentMails: RecentMails;
}

async function listEventIds(
  queue: string,
  { configuration, endpoints }: CheckSamplesOptions,
): Promise<ReadonlySet<string>> {
  const { environment, queues } = configuration;
  const { name } = queueNames(environment, queue, queues[queue]?.type);
  const messages = (await peekLocalQueue(endpoints, name)) ?? [];
  return new Set(messages.map(({ body }) => eventSchema.parse(JSON.parse(body)).eventId));
}

async function findMissing(
  file: string,
  { outcome }: RecentMail,
  options: CheckSamplesOptions,
): Promise<readonly string[]> {
  if (outcome.kind === 'given-up') return [`${file}: could not be handled (${outcome.code})`];
  // What the rules keep apart has their trace; what could not be read has none.
  const faults = outcome.handled.quarantined
    .filter(({ trace = [] }) => trace.length === 0)
    .map(({ code }) => `${file}: could not be handled (${code})`);
  for (const { queue, event } of outcome.handled.sent) {
    const eventIds = await listEventIds(queue, options);
    if (!eventIds.has(event.eventId)) faults.push(`${file}: its event is not in queue ${queue}`);
  }
  return faults;
}

async function checkSample(
  { sample, sesMessageId }: SentSample,
  options: CheckSamplesOptions,
): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const faults: string[] = [];
  for (const rule of matchReceiptRules(options.configuration, sample.recipients)) {
    const arrivalId = toArrivalId(rule, sesMessageId);
    try {
      const mail = await options.recentMails.waitFor(arrivalId, signal);
      faults.push(...(await findMissing(sample.file, mail, options)));
    } catch (error) {
      if (!signal.aborted) throw error;
      faults.push(`${sample.file}: not handled within ${DEADLINE_MS / 1000} s`);
    }
  }
  return faults;
}

/**
 * Waits until each sample was handled, then looks into the queues for what the rules decided.
 *
 * @returns A line for each thing that is wrong.
 */
export async function checkSamples(
  sent: readonly SentSample[],
  options: CheckSamplesOptions,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const sample of sent) faults.push(...(await checkSample(sample, options)));
  return faults;
}
