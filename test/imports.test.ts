import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findImportFaults, ROOMS } from './support/import-rooms.ts';

const root = new URL('..', import.meta.url);

function listSourceFiles(room: string): readonly string[] {
  return (
    readdirSync(new URL(`${room}/`, root), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.[jt]s$/.test(name) && !name.includes('node_modules'))
      // The test of an example stands beside it, and tests may import everything.
      .filter((name) => !name.endsWith('.test.ts'))
      .map((name) => `${room}/${name}`)
  );
}

const checkSample = (file: string, source: string): readonly string[] =>
  findImportFaults(file, source).map(({ imported }) => imported);

describe('the arrows between rooms', () => {
  it.each(Object.keys(ROOMS))('%s imports only what the architecture allows', (room) => {
    const faults = listSourceFiles(room).flatMap((file) =>
      findImportFaults(file, readFileSync(new URL(file, root), 'utf8')),
    );
    expect(faults.map(({ file, imported }) => `${file} imports ${imported}`)).toEqual([]);
  });

  it('looks at real files of the rooms that hold the mail knowledge', () => {
    expect(listSourceFiles('mail')).toContain('mail/errors.ts');
    expect(listSourceFiles('adapters')).toContain('adapters/filesystem/configuration-file.ts');
  });
});

describe('the check of the arrows', () => {
  it('finds an SDK in the mail room', () => {
    expect(
      checkSample('mail/rules/bad.ts', `import { S3Client } from '@aws-sdk/client-s3';`),
    ).toEqual(['@aws-sdk/client-s3']);
  });

  it('finds the mail room reaching out to an adapter, also by type only', () => {
    expect(
      checkSample('mail/rules/bad.ts', `import type { X } from '../../adapters/aws/x.ts';`),
    ).toEqual(['../../adapters/aws/x.ts']);
  });

  it('finds an import that is made while running, and one that only passes on', () => {
    expect(
      checkSample('lambdas/a/bad.ts', `export * from '../../local/x.ts'; await import('fauxqs');`),
    ).toEqual(['../../local/x.ts', 'fauxqs']);
  });

  it('finds a socket of Node in the mail room and lets streams pass', () => {
    expect(
      checkSample(
        'mail/a.ts',
        `import 'node:net'; import { pipeline } from 'node:stream/promises';`,
      ),
    ).toEqual(['node:net']);
  });

  it('finds an adapter that uses the library of another technology', () => {
    expect(
      checkSample('adapters/mime/bad.ts', `import { SQSClient } from '@aws-sdk/client-sqs';`),
    ).toEqual(['@aws-sdk/client-sqs']);
  });

  it('finds a deployed construct that imports a handler instead of its environment', () => {
    expect(
      checkSample(
        'lib/constructs/bad.ts',
        `import { handler } from '../../lambdas/parse-mail/handler.ts';
         import { schema } from '../../lambdas/parse-mail/environment.ts';`,
      ),
    ).toEqual(['../../lambdas/parse-mail/handler.ts']);
  });

  it('finds the command line that imports what is deployed', () => {
    expect(checkSample('cli/bad.ts', `import { S } from '../lib/stacks/s.ts';`)).toEqual([
      '../lib/stacks/s.ts',
    ]);
  });

  it('finds a consumer that reaches behind the published contracts', () => {
    expect(
      checkSample('consumer/bad.ts', `import { PostroomError } from '../mail/errors.ts';`),
    ).toEqual(['../mail/errors.ts']);
  });

  it('finds an example that uses what a team would not import', () => {
    expect(
      checkSample(
        'examples/invoices/bad.ts',
        `import { openMailPart } from '../../consumer/open-mail-part.ts';
         import { parseDate } from '../../mail/message/parse-date.ts';`,
      ),
    ).toEqual(['../../mail/message/parse-date.ts']);
  });

  it('finds an import of a test from a room', () => {
    expect(checkSample('local/bad.ts', `import { x } from '../test/support/x.ts';`)).toEqual([
      '../test/support/x.ts',
    ]);
  });

  it('takes words in comments and strings for what they are', () => {
    expect(
      checkSample('mail/a.ts', `// import 'node:net'\nconst text = "import 'node:net'";`),
    ).toEqual([]);
  });
});
