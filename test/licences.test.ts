import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const root = new URL('..', import.meta.url);

/** Licences that ask for no more than a notice. */
const ALLOWED = [
  'MIT',
  'MIT-0',
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
];

/** Packages, with all that share the start of their name, that may be in for another reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  lightningcss:
    'MPL-2.0 binds its own files only; vite, below vitest, has it for style sheets, and nothing of it is shipped',
};

const isException = (name: string): boolean =>
  Object.keys(EXCEPTIONS).some((start) => name.startsWith(start));

const manifestSchema = z.looseObject({
  license: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  licenses: z.array(z.looseObject({ type: z.string() })).optional(),
});
const lockSchema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({ license: z.string().optional(), dev: z.boolean().default(false) }),
  ),
});

/** `(MIT OR GPL-2.0)` is ours to choose from; `MIT AND ISC` binds us to both. */
function isAllowedLicence(expression: string): boolean {
  const bare = expression.replace(/[()]/g, '');
  return bare
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((part) => ALLOWED.includes(part.trim())));
}

function readLicence(path: string, lockedLicence: string | undefined): string {
  const file = new URL(`${path}/package.json`, root);
  // Builds for other platforms are in the lock file and not on this disk.
  if (!existsSync(file)) return lockedLicence ?? 'none';
  const { license, licenses = [] } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (typeof license === 'string') return license;
  return license?.type ?? licenses[0]?.type ?? 'none';
}

interface InstalledPackage {
  readonly name: string;
  readonly licence: string;
  /** Only developing needs it: it is in no bundle. */
  readonly isDevelopment: boolean;
}

function listPackages(): readonly InstalledPackage[] {
  const lock = lockSchema.parse(
    JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')),
  );
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      licence: readLicence(path, entry.license),
      isDevelopment: entry.dev,
    }));
}

describe('the licences of what is installed', () => {
  it('are all among those that may enter', () => {
    const strangers = listPackages()
      .filter(({ name, licence }) => !isAllowedLicence(licence) && !isException(name))
      .map(({ name, licence }) => `${name}: ${licence}`);
    expect(strangers).toEqual([]);
  });

  it('are read from every package in the lock file', () => {
    expect(listPackages().length).toBeGreaterThan(200);
    expect(listPackages()).toContainEqual({ name: 'zod', licence: 'MIT', isDevelopment: false });
  });

  it('make an exception only for what is installed and only developing needs', () => {
    const exceptions = listPackages().filter(({ name }) => isException(name));
    expect(exceptions.map(({ name }) => name)).toContain('lightningcss');
    expect(exceptions.filter(({ isDevelopment }) => !isDevelopment)).toEqual([]);
  });

  it.each([
    ['GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['MIT AND LGPL-3.0', false],
    ['none', false],
    ['BSD-3-Clause AND MIT', true],
  ])('judges %s as allowed: %s', (expression, isAllowed) => {
    expect(isAllowedLicence(expression)).toBe(isAllowed);
  });
});
