import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { parseConfiguration } from '../mail/configuration/parse-configuration.ts';
import { createSampleConfiguration } from './support/sample-configuration.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The members of a union of codes, as they stand in the source. */
function readCodes(path: string, type: string): readonly (string | undefined)[] {
  const [, union = ''] = new RegExp(`export type ${type} =([^;]*);`).exec(read(path)) ?? [];
  return Array.from(union.matchAll(/'([a-z-]+)'/g), ([, code]) => code);
}

it.each([
  ['docs/errors.md', 'mail/errors.ts', 'ErrorCode'],
  ['docs/consumer.md', 'consumer/consumer-error.ts', 'ConsumerErrorCode'],
])('%s has a row for each error code, and no other', (document, source, type) => {
  const codes = readCodes(source, type);
  const rows = Array.from(read(document).matchAll(/^\| `([a-z-]+)`/gm), ([, code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(rows).toEqual(codes);
});

it('the mailboxes that docs/configuration.md shows can be written so', () => {
  const block = /^```ts\n(mailboxes: [^]*?)^```$/m.exec(read('docs/configuration.md'))?.[1] ?? '';
  const { mailboxes, rules } = runInNewContext(`({${block}})`) as Record<string, unknown>;
  const { queues } = createSampleConfiguration({ queues: { invoices: {}, inbox: {} } });
  const configuration = parseConfiguration({
    ...createSampleConfiguration(),
    queues,
    mailboxes,
    rules,
  });
  expect(configuration.mailboxes.map(({ name }) => name)).toEqual([
    'vendor-invoices',
    'old-system',
  ]);
});
