import { type Command, InvalidArgumentError, Option } from 'commander';
import { createDynamoDbLedger } from '../adapters/aws/dynamodb-ledger.ts';
import { listObjects } from '../adapters/aws/s3-object-lister.ts';
import { createS3ObjectStore } from '../adapters/aws/s3-object-store.ts';
import { createSqsArrivalAnnouncer } from '../adapters/aws/sqs-arrival-announcer.ts';
import { enterFoundArrival } from '../lambdas/reconcile-arrivals/enter-found-arrival.ts';
import type { Configuration } from '../mail/configuration/configuration-schema.ts';
import { ARRIVALS_QUEUE, LEASE_SECONDS } from '../mail/configuration/own-queues.ts';
import { queueNames, SES_RAW_PREFIX } from '../mail/configuration/resource-names.ts';
import type { ArrivedMail } from '../mail/contracts/arrived-mail.ts';
import { systemClock } from '../mail/ports/clock.ts';
import { type Doors, openDoors } from './doors/open-doors.ts';
import { type LedgerPlace, openLedger } from './ledger/open-ledger.ts';
import { showForeignText, styleMark } from './output/style.ts';
import { writeLine, writeNote } from './output/write-line.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';
import { findLostArrivals, type LostArrivals } from './reconcile/find-lost-arrivals.ts';
import { parseAge } from './since-option.ts';

interface ReconcileOptions extends ConfigurationOptions {
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly act?: true;
  readonly json?: true;
}

/** `2h`, or a time such as `2026-11-24T09:00Z`; without a zone it is this machine's. */
function parseSince(written: string): number {
  if (/^\d+[a-z]$/.test(written)) return Date.now() - parseAge(written);
  const at = /^\d{4}-\d{2}-\d{2}/.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('Expected an age or a time, as in 30m, 2d or 2026-11-24T09:00Z.');
}

function formatLost({ arrival, envelope }: ArrivedMail, isEntered: boolean): string {
  const to = envelope.recipients.map(showForeignText).join(', ');
  const mark = styleMark(isEntered ? 'right' : 'wrong');
  const what = isEntered ? 'let in' : 'never announced';
  return `${mark} ${arrival.receivedAt}  ${arrival.raw.key}  ${what}: ${showForeignText(envelope.sender) || '<>'} to ${to}`;
}

const formatLostJson = ({ arrival, envelope }: ArrivedMail, isEntered: boolean): string =>
  JSON.stringify({
    arrivalId: arrival.arrivalId,
    key: arrival.raw.key,
    storedAt: arrival.receivedAt,
    sender: envelope.sender,
    recipients: envelope.recipients,
    entered: isEntered,
  });

function writeSummary({ looked, lost }: LostArrivals, isActing: boolean): void {
  const count = `${lost.length} of ${looked} raw ${looked === 1 ? 'mail' : 'mails'}`;
  if (lost.length === 0) writeNote(`${count} never announced: nothing to do`);
  else if (isActing) writeNote(`${count} never announced; now in the arrivals queue`);
  else writeNote(`${count} never announced; nothing was changed; add --act to let them in`);
}

async function reconcile(
  configuration: Configuration,
  { s3, sqs, mailBucket, environment, queueUrlBase }: Doors,
  { dynamodb, table }: LedgerPlace,
  { since, act, json }: ReconcileOptions,
): Promise<void> {
  const ledger = createDynamoDbLedger(dynamodb, {
    table,
    clock: systemClock,
    leaseSeconds: LEASE_SECONDS,
    retentionDays: configuration.retention.rawDays,
  });
  const arrivalsUrl = `${queueUrlBase}${queueNames(environment, ARRIVALS_QUEUE).name}`;
  const ports = {
    objects: createS3ObjectStore(s3),
    arrivals: createSqsArrivalAnnouncer(sqs, arrivalsUrl),
    ledger,
  };
  const isActing = act === true;
  const pages = listObjects(s3, mailBucket, SES_RAW_PREFIX);
  const found = await findLostArrivals(pages, since, ports, configuration);
  for (const arrived of found.lost) {
    if (isActing) await enterFoundArrival(arrived, ports);
    writeLine((json === true ? formatLostJson : formatLost)(arrived, isActing));
  }
  writeSummary(found, isActing);
}

async function runReconcile(options: ReconcileOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  const place = openLedger('reconcile', configuration, options);
  try {
    const doors = await openDoors('reconcile', configuration, options);
    try {
      await reconcile(configuration, doors, place, options);
    } finally {
      doors.close();
    }
  } finally {
    place.close();
  }
}

/** `postroom reconcile`: finds raw mail that SES stored and did not announce. */
export function addReconcileCommand(program: Command): void {
  program
    .command('reconcile')
    .summary('finds mail that SES stored and did not announce; with --act lets it in')
    .description(
      'Compares the raw mail of SES with the ledger. What is deployed does it by itself 15 minutes\n' +
        'after each mail; this is for looking, and for times when that did not run.',
    )
    .addOption(
      new Option('--since <age>', 'how far back to look: 30m, 12h, 7d, or a time in ISO 8601')
        .argParser(parseSince)
        .makeOptionMandatory(),
    )
    .option('--act', 'let in what is found')
    .option('--json', 'print an object a line for each mail that was never announced')
    .addOption(createConfigOption())
    .addOption(createEnvOption('work on this deployed environment instead of the local run'))
    .action(runReconcile);
}
