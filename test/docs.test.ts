import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

it('docs/errors.md has a row for each error code, and no other', () => {
  const union = /export type ErrorCode =([^;]*);/.exec(read('mail/errors.ts'))?.[1] ?? '';
  const codes = Array.from(union.matchAll(/'([a-z-]+)'/g), ([, code]) => code);
  const rows = Array.from(read('docs/errors.md').matchAll(/^\| `([a-z-]+)`/gm), ([, code]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(rows).toEqual(codes);
});
