import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { askAws } from '../adapters/aws/ask-aws.ts';
import { type DroppedMail, writeDrop, type WrittenDrop } from '../adapters/aws/s3-drop-writer.ts';
import { peekMail } from '../local/drop/peek-mail.ts';
import type { Configuration } from '../mail/configuration/configuration-schema.ts';
import { createIsOurAddress } from '../mail/message/read-header-envelope.ts';
import { collectAddress, parseSender } from './address-options.ts';
import { CommandError } from './command-error.ts';
import { type Doors, openDoors } from './doors/open-doors.ts';
import { openMailFile } from './explain/open-mail-file.ts';
import { styleMark } from './output/style.ts';
import { writeLine } from './output/write-line.ts';
import {
  type ConfigurationOptions,
  createConfigOption,
  createEnvOption,
  readCommandConfiguration,
} from './read-command-configuration.ts';

interface DropOptions extends ConfigurationOptions {
  readonly to: readonly string[];
  readonly from?: string;
  readonly json?: true;
}

/** What stands beside an object is ASCII, and mail to others than ours is not for this door. */
function assertEnvelope({ to, from }: DropOptions, { receiving }: Configuration): void {
  const stranger = to.find((address) => !createIsOurAddress(receiving.domains)(address));
  if (stranger !== undefined) {
    const domains = receiving.domains.map(({ domain }) => domain).join(', ');
    throw new CommandError(`drop: --to: expected an address of ${domains}, came "${stranger}"`, {
      exitStatus: 2,
    });
  }
  const foreign = [...to, from ?? ''].find((address) => !/^[\x21-\x7e]*$/.test(address));
  if (foreign !== undefined) {
    throw new CommandError(`drop: expected an address in ASCII, came "${foreign}"`, {
      exitStatus: 2,
    });
  }
}

async function readDroppedMail(file: string, { to, from }: DropOptions): Promise<DroppedMail> {
  const { name, source } = await openMailFile(file);
  const body = await peekMail(source);
  if (body === undefined) {
    throw new CommandError(`${name}: expected a raw mail (.eml), came another file`);
  }
  return { name: basename(name), body, recipients: to, sender: from };
}

async function writeMail(mail: DroppedMail, doors: Doors): Promise<WrittenDrop> {
  if (!doors.isLocal) {
    return askAws('s3:PutObject', () => writeDrop(doors.s3, doors.dropBucket, mail));
  }
  // It brings the emulators along, which take 0.4 s to import.
  const { dropMail } = await import('../local/drop/drop-mail.ts');
  return dropMail(mail, { ...doors, clients: doors });
}

async function dropFiles(files: readonly string[], options: DropOptions): Promise<void> {
  const configuration = await readCommandConfiguration(options);
  assertEnvelope(options, configuration);
  const doors = await openDoors('drop', configuration, options);
  try {
    for (const file of files) {
      const { bucket, key, bytes } = await writeMail(await readDroppedMail(file, options), doors);
      writeLine(
        options.json === true
          ? JSON.stringify({ file, bucket, key, bytes })
          : `${styleMark('right')} ${file} dropped (${bytes} bytes): s3://${bucket}/${key}`,
      );
    }
  } finally {
    doors.close();
  }
}

/** `postroom drop FILE…`: puts raw mails into the drop bucket. */
export function addDropCommand(program: Command): void {
  program
    .command('drop')
    .summary('puts raw mails into the drop bucket')
    .description(
      'Puts raw mails into the drop bucket, by which they come in as mail from anywhere does.\n' +
        'Into that of the local run, or with --env into the deployed one.',
    )
    .argument('<files...>', 'raw mails (.eml); - is standard input')
    .addOption(
      new Option('--to <address>', 'envelope recipient; repeat it for several')
        .argParser(collectAddress)
        .default([], 'as the headers have it'),
    )
    .option(
      '--from <address>',
      'envelope sender, <> for a bounce (default: as the headers have it)',
      parseSender,
    )
    .option('--json', 'print an object a line for each mail')
    .addOption(createConfigOption())
    .addOption(createEnvOption('drop into this deployed environment instead of the local run'))
    .action(dropFiles);
}
