import type { Command } from 'commander';
import { createDynamoDbQuarantineDesk } from '../adapters/aws/dynamodb-quarantine.ts';
import type { Configuration } from '../mail/configuration/configuration-schema.ts';
import type { HeldRow } from '../mail/quarantine/quarantine.ts';
import { openDoors } from './doors/open-doors.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { writeLine, writeNote } from './output/write-line.ts';
import { assertChosen, type HeldChoice, readChosen } from './quarantine/choose-held.ts';
import { createSettlingPorts } from './quarantine/create-settling-ports.ts';
import { formatEvidence, formatHeld } from './quarantine/format-held.ts';
import { deleteHeld, retryHeld, type SettlingPorts } from './quarantine/settle-held.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';
import { createSinceOption } from './since-option.ts';

interface QuarantineOptions extends ConfigurationOptions {
  /** Milliseconds. */
  readonly since: number;
  readonly reason?: string;
  readonly all?: true;
  readonly act?: true;
  readonly json?: true;
}

/** Opens what settling needs, uses it, and closes it. */
async function withSettling<Result>(
  configuration: Configuration,
  options: QuarantineOptions,
  use: (ports: SettlingPorts) => Promise<Result>,
): Promise<Result> {
  const place = openLedger('quarantine', configuration, options);
  const doors = await openDoors('quarantine', configuration, options);
  const { rawDays: retentionDays } = configuration.retention;
  try {
    return await use(createSettlingPorts({ ...doors, ...place, retentionDays }));
  } finally {
    doors.close();
    place.close();
  }
}

async function runList(options: QuarantineOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  const place = openLedger('quarantine', configuration, options);
  try {
    const desk = createDynamoDbQuarantineDesk(place.dynamodb, place.table);
    const choice = { code: options.reason, since: options.since };
    const rows = await readChosen(desk, choice, { isAll: options.all === true });
    for (const row of rows) {
      const lines = options.json === true ? [JSON.stringify(row)] : formatHeld(row);
      for (const line of lines) writeLine(line);
    }
    if (rows.length === 0) writeNote('nothing is held');
  } finally {
    place.close();
  }
}

async function runShow(heldId: string, options: QuarantineOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  const place = openLedger('quarantine', configuration, options);
  try {
    const desk = createDynamoDbQuarantineDesk(place.dynamodb, place.table);
    const choice = { heldId, since: options.since };
    const rows = await readChosen(desk, choice, { isAll: true });
    assertChosen('show', choice, rows);
    for (const row of rows) {
      const lines = options.json === true ? [JSON.stringify(row)] : formatEvidence(row);
      for (const line of lines) writeLine(line);
    }
  } finally {
    place.close();
  }
}

/** Does the same to each chosen row, and says it of each. */
async function settleEach(
  command: 'retry' | 'release' | 'delete',
  heldId: string | undefined,
  options: QuarantineOptions,
  settle: (row: HeldRow, ports: SettlingPorts) => Promise<string>,
): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  await withSettling(configuration, options, async (ports) => {
    const choice: HeldChoice = { heldId, code: options.reason, since: options.since };
    const rows = await readChosen(ports.desk, choice);
    assertChosen(command, choice, rows);
    for (const row of rows) writeLine(`${row.heldId}  ${await settle(row, ports)}`);
  });
}

const retry =
  (isReleased: boolean) =>
  async (row: HeldRow, ports: SettlingPorts): Promise<string> => {
    const outcome = await retryHeld(row, ports, { isReleased });
    switch (outcome.kind) {
      case 'announced':
        return isReleased ? 'released' : 'tried again';
      case 'put-back':
        return `put back into ${outcome.queue}`;
      case 'cut':
        process.exitCode = 1;
        return 'is a message that was too large to be kept whole; there is nothing to put back';
    }
  };

async function runDelete(heldId: string | undefined, options: QuarantineOptions): Promise<void> {
  await settleEach('delete', heldId, options, async (row, ports) => {
    if (options.act !== true) return 'would be deleted, its raw mail too; --act does it';
    await deleteHeld(row, ports);
    return 'deleted';
  });
}

const addPlaceOptions = (command: Command): Command =>
  command
    .addOption(createSinceOption('how far back to look, by when a mail arrived', '14d'))
    .addOption(createConfigOption())
    .addOption(createEnvOption('work on this deployed environment instead of the local run'));

/** `postroom quarantine …`: what is kept apart, and what becomes of it. */
export function addQuarantineCommand(program: Command): void {
  const quarantine = program
    .command('quarantine')
    .summary('what is kept apart, and what becomes of it')
    .description(
      'Shows mail in quarantine with its evidence, sends it through the rules again, lets it out, or\n' +
        'deletes it. Works on the local run, or with --env on what is deployed.',
    );
  addPlaceOptions(quarantine.command('list').description('list what is held'))
    .option('--reason <code>', 'only what is held for this code')
    .option('--all', 'what was retried, released or deleted too')
    .option('--json', 'print each row as an object a line')
    .action(runList);
  addPlaceOptions(quarantine.command('show').description('show what is kept of a mail'))
    .argument('<id>', 'as list shows it')
    .option('--json', 'print it as an object')
    .action(runShow);
  addPlaceOptions(
    quarantine.command('retry').description('send mail through the rules again, after a fix'),
  )
    .argument('[id]', 'as list shows it')
    .option('--reason <code>', 'everything that is held for this code')
    .action((heldId: string | undefined, options: QuarantineOptions) =>
      settleEach('retry', heldId, options, retry(false)),
    );
  addPlaceOptions(
    quarantine
      .command('release')
      .description('send mail to the rules past everything that sends it into quarantine'),
  )
    .argument('<id>', 'as list shows it')
    .action((heldId: string, options: QuarantineOptions) =>
      settleEach('release', heldId, options, retry(true)),
    );
  addPlaceOptions(quarantine.command('delete').description('delete mail, its raw bytes too'))
    .argument('[id]', 'as list shows it')
    .option('--reason <code>', 'everything that is held for this code')
    .option('--act', 'do it')
    .action(runDelete);
}
