import type { Command } from 'commander';
import { walkHours } from '../mail/ledger/walk-list.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { formatHour } from './list/format-list.ts';
import { writeLine, writeNote } from './output/write-line.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';
import { createSinceOption } from './since-option.ts';

interface ListOptions extends ConfigurationOptions {
  /** Milliseconds. */
  readonly since: number;
  readonly json?: true;
}

async function runList(options: ListOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  const place = openLedger('list', configuration, options);
  try {
    const toMs = Date.now();
    let isEmpty = true;
    for await (const hour of walkHours(place.stories, { fromMs: toMs - options.since, toMs })) {
      isEmpty = false;
      const lines =
        options.json === true
          ? [hour.counts, ...hour.mails]
              .flatMap((one) => one ?? [])
              .map((one) => JSON.stringify(one))
          : formatHour(hour);
      for (const line of lines) writeLine(line);
    }
    if (isEmpty) writeNote('no mail in this time');
  } finally {
    place.close();
  }
}

/** `postroom list`: the mail of the last hours. */
export function addListCommand(program: Command): void {
  program
    .command('list')
    .summary('the mail of the last hours, with its counters')
    .description(
      'Lists the mail that was handled, by the hour in which it arrived, with what was counted in that\n' +
        'hour (UTC). Asks the local run, or with --env what is deployed.',
    )
    .addOption(createSinceOption('how far back', '1h'))
    .option('--json', "print an object a line: an hour's counters, then its mails")
    .addOption(createConfigOption())
    .addOption(createEnvOption('ask this deployed environment instead of the local run'))
    .action(runList);
}
