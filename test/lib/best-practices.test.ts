import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import type { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { describeWith, program } from '../support/requirement.ts';
import { synthesizeStacks } from './synthesized-stacks.ts';

/** Between them, these have every resource that a configuration can bring about. */
const CONFIGURATIONS: readonly {
  readonly name: string;
  readonly change: Partial<ConfigurationInput>;
}[] = [
  { name: 'kept', change: { retention: { whenDestroyed: 'keep' } } },
  { name: 'deleted', change: { retention: { whenDestroyed: 'delete' } } },
  {
    name: 'polled',
    change: {
      mailboxes: [
        {
          name: 'vendor',
          address: 'invoices@example.com',
          provider: 'gmail',
          secret: 'postroom/mailboxes',
        },
      ],
    },
  },
];

/** The findings that nobody has given a reason for, as `rule at construct`. */
const listFindings = (pack: NagPack, app: App): readonly string[] =>
  pack
    .validateScope(app)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );

describe('cdk-nag', () => {
  it.each(CONFIGURATIONS)('finds nothing without a reason when mail is $name', ({ change }) => {
    const { app } = synthesizeStacks(change);
    expect(listFindings(new AwsSolutionsChecks(app), app)).toEqual([]);
    expect(listFindings(new ServerlessChecks(app), app)).toEqual([]);
  });

  it('would find a queue without encryption in transit', () => {
    const { app, postroom } = synthesizeStacks();
    postroom.node.findChild('Arrivals').node.findChild('Undelivered').node.tryRemoveChild('Policy');
    expect(listFindings(new AwsSolutionsChecks(app), app)).toEqual([
      'AwsSolutions-SQS4 at Postroom/Arrivals/Undelivered/Resource',
    ]);
  });
});

const CFN_LINT = join(import.meta.dirname, '..', '..', '.venv', 'bin', 'cfn-lint');

describeWith([{ ...program(CFN_LINT), name: 'cfn-lint' }], 'cfn-lint', () => {
  it.each(CONFIGURATIONS)('finds nothing when mail is $name', ({ change }) => {
    const { postroomTemplate, receivingTemplate } = synthesizeStacks(change);
    const folder = mkdtempSync(join(tmpdir(), 'postroom-lint-'));
    try {
      const files = Object.entries({ postroomTemplate, receivingTemplate }).map(
        ([name, template]) => {
          const file = join(folder, `${name}.json`);
          writeFileSync(file, JSON.stringify(template.toJSON()));
          return file;
        },
      );
      // W3005 calls a dependency needless that Ref implies already; CDK writes both.
      const { stdout, status } = spawnSync(CFN_LINT, ['-i', 'W3005', '-t', ...files], {
        encoding: 'utf8',
      });
      expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
