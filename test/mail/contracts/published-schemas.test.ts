import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { createPublishedSchemas } from '../../../mail/contracts/published-schemas.ts';

const folder = new URL('../../../docs/schemas/', import.meta.url);

describe('docs/schemas', () => {
  it.each(createPublishedSchemas())('$file is what the contract says', ({ file, text }) => {
    // `npm run schemas` writes it anew.
    expect(readFileSync(new URL(file, folder), 'utf8')).toBe(text);
  });

  it('holds no schema of a contract that is gone', () => {
    const published = createPublishedSchemas().map(({ file }) => file);
    const present = readdirSync(folder).filter((file) => file.endsWith('.json'));
    expect(present.toSorted()).toEqual(published.toSorted());
  });

  it.each(createPublishedSchemas())('$file is a valid JSON Schema', ({ text }) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    expect(ajv.validateSchema(JSON.parse(text) as object)).toBe(true);
  });
});
