// What one mail asks of AWS while the table grows: requests and capacity units, counted and not
// timed. A mail costs the same however many were before it. Run with `npm run bench:growth`, with
// `-- --rows 1000000` for a larger table (the emulator takes half a minute for the first 100,000 rows
// and gets slower). That ten million rows would cost the same cannot be counted here; it follows from
// the keys of the requests, which `test/bench/requests-of-a-mail.test.ts` looks at one by one.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfigurationFile } from '../adapters/filesystem/configuration-file.ts';
import { createLocalDynamodb } from '../local/emulators/create-clients.ts';
import { tableName } from '../mail/configuration/resource-names.ts';
import { fillTable } from './growth/fill-table.ts';
import { type MeteredRoom, openMeteredRoom } from './metering/metered-room.ts';
import { createPlainMail } from './metering/sample-mails.ts';

const ROOT = join(import.meta.dirname, '..');
const MAILS = 10;
/** A Message-ID that a quarter of the table's mails and one of each ten have: the forger's best. */
const SHARED_MESSAGE_ID = '<shared@mail.sender.example>';
/** Numbers in notifications have more or fewer digits. */
const BYTES_TOLERANCE = 0.01;

/** What ten mails ask for. */
interface Work {
  readonly requests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Of objects and messages. */
  readonly bytes: number;
}

async function measureWork(room: MeteredRoom, firstMail: number): Promise<Work> {
  room.meter.requests.length = 0;
  for (let index = firstMail; index < firstMail + MAILS; index += 1) {
    const mail = createPlainMail(index);
    const isShared = index === firstMail;
    await room.doors.ses(
      isShared ? mail.replace(/(?<=^Message-ID: ).*(?=\r$)/m, SHARED_MESSAGE_ID) : mail,
      ['support@example.com'],
    );
  }
  await room.handleArrivals(MAILS);
  const sum = (read: (request: MeteredRoom['meter']['requests'][number]) => number): number =>
    room.meter.requests.reduce((total, request) => total + read(request), 0);
  const isRead = (operation: string): boolean => ['Query', 'GetItem'].includes(operation);
  return {
    requests: sum(({ attempts }) => attempts),
    writeUnits: sum(({ service, operation, units }) =>
      service === 'DynamoDB' && !isRead(operation) ? units : 0,
    ),
    readUnits: sum(({ operation, units }) => (isRead(operation) ? units : 0)),
    bytes: sum(({ bytes }) => bytes),
  };
}

const writeRow = (rows: string, cells: readonly (string | number)[]): string =>
  rows.padStart(12) + cells.map((cell) => String(cell).padStart(16)).join('');

const { values } = parseArgs({ options: { rows: { type: 'string', default: '100000' } } });
const maxRows = Number(values.rows);
if (!Number.isInteger(maxRows) || maxRows < 1000) {
  process.stderr.write(`--rows: expected a whole number from 1000, came ${values.rows}\n`);
  process.exit(2);
}
const configuration = await readConfigurationFile(join(ROOT, 'postroom.config.ts'));
const room = await openMeteredRoom(configuration);
const dynamodb = createLocalDynamodb(room.dynamodbEndpoint);
const table = tableName(configuration.environment);
const works: Work[] = [];
const write = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
write(`${MAILS} mails of 20 KB through ses, in one batch\n`);
write(writeRow('table rows', ['requests', 'write units', 'read units', 'bytes']));
try {
  // The first batch makes the hour's counters, and connections.
  await measureWork(room, 0);
  let filled = 0;
  for (let rows = 1000; rows <= maxRows; rows *= 10) {
    await fillTable(dynamodb, { table, from: filled, to: rows, messageId: SHARED_MESSAGE_ID });
    filled = rows;
    const work = await measureWork(room, rows);
    works.push(work);
    write(
      writeRow(rows.toLocaleString('en'), [
        work.requests,
        work.writeUnits,
        work.readUnits,
        work.bytes,
      ]),
    );
  }
} finally {
  dynamodb.destroy();
  await room.close();
}
const isLike = (one: Work, other: Work): boolean =>
  one.requests === other.requests &&
  one.writeUnits === other.writeUnits &&
  one.readUnits === other.readUnits &&
  Math.abs(one.bytes / other.bytes - 1) < BYTES_TOLERANCE;
const isFlat = works.slice(1).every((work, index) => isLike(work, works[index] ?? work));
write(`\nwanted: the same in each row, ${isFlat ? 'kept' : 'MISSED'}`);
if (!isFlat) process.exitCode = 1;
