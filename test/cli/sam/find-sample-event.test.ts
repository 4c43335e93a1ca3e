import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { findSampleEvent } from '../../../cli/sam/find-sample-event.ts';

const ROOT = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'postroom-events-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('findSampleEvent', () => {
  test.for(['parse-mail', 'ParseMail'])('knows a function by %s', (name) => {
    expect(findSampleEvent(ROOT, name, 'one-mail')).toEqual({
      functionName: 'parse-mail',
      logicalId: 'ParseMail',
      eventFile: join(ROOT, 'events/parse-mail/one-mail.json'),
    });
  });

  test('takes a JSON file of one’s own', () => {
    const file = join(folder, 'captured.json');
    writeFileSync(file, '{}');

    expect(findSampleEvent(ROOT, 'activate-rule-set', file).eventFile).toBe(file);
  });

  test('names the function that was likely meant', () => {
    expect(() => findSampleEvent(ROOT, 'parse-mial', 'one-mail')).toThrow(
      'expected a function (activate-rule-set, enter-drops, hold-dead-letters, parse-mail, reconcile-arrivals), came "parse-mial"; did you mean parse-mail?',
    );
  });

  test('names the events that there are', () => {
    expect(() => findSampleEvent(ROOT, 'activate-rule-set', 'rollback-all')).toThrow(
      'expected an event of activate-rule-set (create, delete, update), came "rollback-all"',
    );
  });
});
