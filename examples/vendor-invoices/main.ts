import { readMailEvents } from '../../consumer/read-mail-events.ts';
import { openReader } from '../open-reader.ts';
import { saveInvoices } from './save-invoices.ts';

const { reader, folder } = openReader(process.env);
const { failed } = await readMailEvents({
  ...reader,
  async handleEvent(event) {
    if (event.type !== 'mail.received') return;
    for (const saved of await saveInvoices(event, { store: reader, folder })) {
      process.stdout.write(`${JSON.stringify(saved)}\n`);
    }
  },
});
process.exitCode = failed === 0 ? 0 : 1;
