import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { addressSamples, readSampleMails } from '../../local/run/sample-mails.ts';
import { readConfigurationFile } from '../../adapters/filesystem/configuration-file.ts';
import { startTestRun } from './fixture.ts';

const CONFIGURATION_FILE = fileURLToPath(new URL('../../postroom.config.ts', import.meta.url));
const FOLDER = new URL('../../events/mail/', import.meta.url);

describe('the sample mails', () => {
  it('go where their list says, by the configuration that comes with the repository', async () => {
    const { run, waitFor, events } = await startTestRun({
      configurationFile: CONFIGURATION_FILE,
      samples: 'on-first-start',
    });
    const samples = readSampleMails();
    const destinations = samples.flatMap(({ queues }) => queues);
    const mails = await waitFor('mail', destinations.length);
    const places = mails.map(({ queue, outcome }) =>
      outcome === 'quarantined' ? 'quarantine' : queue,
    );
    const went = mails.map(({ subject }, index) => `${subject ?? ''} → ${places[index] ?? ''}`);
    expect(went.toSorted()).toEqual(
      [
        'My crate arrived with a broken lid → support',
        'Invoice 2026-0117 → invoices',
        'A picture of the orchard → inbox',
        'A picture of the orchard → support',
        'Undelivered Mail Returned to Sender → support',
        'Late frost, early buds: what to do now → inbox',
        'Frage zu Größe und 梨の箱 → support',
        'Frage zu Größe und 梨の箱 → inbox',
        'You have won! Act now!!! → quarantine',
        'Application as a picker → quarantine',
      ].toSorted(),
    );
    expect(places.toSorted()).toEqual(destinations.toSorted());
    expect(events.filter(({ event }) => event === 'failed')).toEqual([]);
    expect(await run.checkSamples()).toEqual({ samples: samples.length, faults: [] });
  });

  it('are all on the list, and written as SMTP carries them', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.eml'));
    expect(files.toSorted()).toEqual(
      readSampleMails()
        .map(({ file }) => file)
        .toSorted(),
    );
    for (const file of files) {
      expect(readFileSync(new URL(file, FOLDER), 'latin1')).not.toMatch(/[^\r]\n/);
    }
  });

  it('keep their domain where it is received', async () => {
    const configuration = await readConfigurationFile(CONFIGURATION_FILE);
    expect(addressSamples(readSampleMails(), configuration)).toEqual(readSampleMails());
  });
});
