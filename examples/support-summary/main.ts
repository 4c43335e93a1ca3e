import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { readMailEvents } from '../../consumer/read-mail-events.ts';
import { openEventJournal } from '../event-journal.ts';
import { openReader } from '../open-reader.ts';
import { formatSummary } from './format-summary.ts';
import { readSupportMail, supportMailSchema } from './read-support-mail.ts';
import { summarizeSupport } from './summarize-support.ts';

/** What is older is forgotten, answered or not. */
const KEEP_MS = 30 * 24 * 3_600_000;

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, until: { type: 'string' } },
});
const now = new Date().toISOString();
const untilMs = Date.parse(z.iso.datetime().parse(values.until ?? now));

const { reader, folder } = openReader(process.env);
const journal = await openEventJournal(
  join(folder, 'support.jsonl'),
  supportMailSchema,
  ({ at }) => Date.parse(at) >= Date.parse(now) - KEEP_MS,
);
const { failed } = await readMailEvents({
  ...reader,
  async handleEvent(event) {
    if (event.type !== 'mail.received') return;
    await journal.append(event.eventId, readSupportMail(event));
  },
});
const summary = summarizeSupport(journal.list(), untilMs);
process.stdout.write(
  values.json ? `${JSON.stringify(summary, null, 2)}\n` : formatSummary(summary),
);
process.exitCode = failed === 0 ? 0 : 1;
