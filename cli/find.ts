import type { Command } from 'commander';
import { CommandError } from './command-error.ts';
import { findMail, type FoundMail } from './find/find-mail.ts';
import { formatStory } from './find/format-story.ts';
import { openLedger } from './ledger/open-ledger.ts';
import { writeLine, writeNote } from './output/write-line.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';
import { createSinceOption } from './since-option.ts';

interface FindOptions extends ConfigurationOptions {
  /** Milliseconds. */
  readonly since: number;
  readonly json?: true;
}

/** LIMIT: stories that are shown of one search; each is two reads and ten lines. */
const MAX_STORIES = 20;

function showFound({ by, stories, leftOut }: FoundMail, isJson: boolean): void {
  const nowMs = Date.now();
  for (const [index, story] of stories.entries()) {
    if (isJson) {
      writeLine(JSON.stringify(story));
      continue;
    }
    if (index > 0) writeLine();
    for (const line of formatStory(story, nowMs)) writeLine(line);
  }
  if (leftOut > 0) {
    writeNote(`found by ${by}; ${leftOut} older ones are left out, narrow it with --since`);
  }
}

async function runFind(sought: string, options: FindOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  const place = openLedger('find', configuration, options);
  try {
    const toMs = Date.now();
    const found = await findMail(place.stories, sought, {
      span: { fromMs: toMs - options.since, toMs },
      limit: MAX_STORIES,
    });
    if (found === undefined) {
      throw new CommandError(
        'find: nothing is known of it; an address is sought in the list of handled mail, as far back as --since says',
      );
    }
    showFound(found, options.json === true);
  } finally {
    place.close();
  }
}

/** `postroom find WHAT`: where a mail is, and how it came there. */
export function addFindCommand(program: Command): void {
  program
    .command('find')
    .summary('where a mail is, and how it came there')
    .description(
      'Tells the story of a mail: when it arrived, what was decided, where it was sent, and which\n' +
        'repeats of it were swallowed. Asks the local run, or with --env what is deployed.',
    )
    .argument('<what>', 'a Message-ID, an address, a mailId or an arrivalId')
    .addOption(createSinceOption('how far back to look for an address', '7d'))
    .option('--json', 'print each story as an object a line')
    .addOption(createConfigOption())
    .addOption(createEnvOption('ask this deployed environment instead of the local run'))
    .action(runFind);
}
