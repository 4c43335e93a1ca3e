import type { Command } from 'commander';
import { createDynamoDbLedgerEraser } from '../adapters/aws/dynamodb-ledger-eraser.ts';
import { listObjects, listVersions } from '../adapters/aws/s3-object-lister.ts';
import { createS3ObjectRemover } from '../adapters/aws/s3-object-remover.ts';
import { walkMailsOf } from '../mail/ledger/walk-list.ts';
import { systemClock } from '../mail/ports/clock.ts';
import { CommandError } from './command-error.ts';
import { type Doors, openDoors } from './doors/open-doors.ts';
import { examineMail, type Forgetting, type KeptPlaces } from './forget/examine-mail.ts';
import { createOriginalFinder } from './forget/find-original.ts';
import { forgetMail, type ForgettingPorts } from './forget/forget-mail.ts';
import {
  formatKeptMail,
  formatKeptMailJson,
  type ForgettingTally,
  formatTally,
} from './forget/format-forgetting.ts';
import { type LedgerPlace, openLedger } from './ledger/open-ledger.ts';
import { writeLine, writeNote } from './output/write-line.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';
import { createSinceOption } from './since-option.ts';

interface ForgetOptions extends ConfigurationOptions {
  /** Milliseconds. */
  readonly since?: number;
  readonly act?: true;
  readonly shared?: true;
  readonly json?: true;
}

const DAY_MS = 86_400_000;

/** Goes through the mails of an address, one after the other; tells each and forgets it if asked. */
async function forgetMails(
  { stories }: LedgerPlace,
  address: string,
  ports: ForgettingPorts & KeptPlaces,
  { since = 0, act, shared, json }: ForgetOptions,
): Promise<ForgettingTally> {
  const isActing = act === true;
  const counts: Record<Forgetting, number> = { remove: 0, strip: 0, 'under-way': 0 };
  const toMs = Date.now();
  for await (const listed of walkMailsOf(stories, address, { fromMs: toMs - since, toMs })) {
    const story = await stories.readArrival(listed.arrivalId);
    const mail = await examineMail(listed, story, ports, {
      address,
      isSharedMailRemoved: shared === true,
    });
    if (isActing) await forgetMail(mail, address, ports);
    counts[mail.forgetting] += 1;
    const isForgotten = isActing && mail.forgetting !== 'under-way';
    const lines = json === true ? [formatKeptMailJson(mail, isForgotten)] : formatKeptMail(mail);
    for (const line of lines) writeLine(line);
  }
  return { counts, isActing };
}

const createPorts = (
  { dynamodb, table }: LedgerPlace,
  { s3, dropBucket, isLocal }: Doors,
): ForgettingPorts & KeptPlaces => ({
  objects: createS3ObjectRemover(s3),
  findOriginal: createOriginalFinder(() =>
    // The local run's bucket keeps no versions.
    isLocal ? listObjects(s3, dropBucket, '') : listVersions(s3, dropBucket),
  ),
  eraser: createDynamoDbLedgerEraser(dynamodb, { table, clock: systemClock }),
});

async function runForget(address: string, options: ForgetOptions): Promise<void> {
  if (!/^[^\s<>]+@[^\s<>]+$/.test(address)) {
    throw new CommandError('forget: expected an address such as ann@example.net', {
      exitStatus: 2,
    });
  }
  const configuration = await readCommandConfiguration(options);
  const place = openLedger('forget', configuration, options);
  try {
    const doors = await openDoors('forget', configuration, options);
    try {
      const since = options.since ?? configuration.retention.rawDays * DAY_MS;
      const ports = createPorts(place, doors);
      const tally = await forgetMails(place, address, ports, { ...options, since });
      for (const line of formatTally(tally)) writeNote(line);
      if (tally.isActing && tally.counts['under-way'] > 0) process.exitCode = 1;
    } finally {
      doors.close();
    }
  } finally {
    place.close();
  }
}

/** `postroom forget ADDRESS`: what is kept of a person, and its removal. */
export function addForgetCommand(program: Command): void {
  program
    .command('forget')
    .summary('lists what is kept of a person; with --act removes it')
    .description(
      'Lists the mail of an address: rows, raw mail and large events. Removes them with --act.\n' +
        'Of mail to several recipients only what names the address goes, unless --shared is written.',
    )
    .argument('<address>', 'as the envelope or the From header has it')
    .option('--act', 'do it')
    .option('--shared', 'remove mail to several recipients too, their raw mail included')
    .addOption(createSinceOption('how far back to look; else as far as rows are kept'))
    .option('--json', 'print an object a line for each mail')
    .addOption(createConfigOption())
    .addOption(createEnvOption('work on this deployed environment instead of the local run'))
    .action(runForget);
}
