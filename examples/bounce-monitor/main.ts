import { join } from 'node:path';
import { readMailEvents } from '../../consumer/read-mail-events.ts';
import { openEventJournal } from '../event-journal.ts';
import { openReader } from '../open-reader.ts';
import { countFeedback } from './count-feedback.ts';
import { feedbackSchema, readFeedback } from './read-feedback.ts';

const { reader, folder } = openReader(process.env);
const journal = await openEventJournal(join(folder, 'feedback.jsonl'), feedbackSchema);
const { failed } = await readMailEvents({
  ...reader,
  async handleEvent(event) {
    if (event.type !== 'mail.received') return;
    await journal.append(event.eventId, await readFeedback(event, reader));
  },
});
process.stdout.write(`${JSON.stringify(countFeedback(journal.list()), null, 2)}\n`);
process.exitCode = failed === 0 ? 0 : 1;
