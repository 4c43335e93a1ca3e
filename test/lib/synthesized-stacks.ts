import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { createPostroomApp, type PostroomApp } from '../../lib/create-postroom-app.ts';
import { definePostroom } from '../../mail/configuration/define-postroom.ts';
import type { ConfigurationInput } from '../../mail/configuration/configuration-schema.ts';
import { parseConfiguration } from '../../mail/configuration/parse-configuration.ts';

/** A team's configuration with one of each: a standard queue, a FIFO queue, two domains. */
export const SAMPLE = definePostroom({
  environment: 'test',
  receiving: {
    domains: [
      { domain: 'example.com', addresses: ['support', 'invoices'] },
      { domain: 'example.net', catchAll: true },
    ],
  },
  queues: { support: {}, invoices: { type: 'fifo' } },
  rules: [
    {
      name: 'invoices',
      when: { recipient: { address: 'invoices@example.com' } },
      then: [{ queue: 'invoices' }],
    },
  ],
  otherwise: { queue: 'support' },
});

/** Both stacks as CloudFormation gets them. */
export interface SynthesizedStacks extends PostroomApp {
  readonly postroomTemplate: Template;
  readonly receivingTemplate: Template;
}

/** Makes both stacks, without bundles, of the sample with other members. */
export function synthesizeStacks(change: Partial<ConfigurationInput> = {}): SynthesizedStacks {
  const outdir = mkdtempSync(join(tmpdir(), 'postroom-synth-'));
  try {
    const made = createPostroomApp(parseConfiguration({ ...SAMPLE, ...change }), {
      outdir,
      isBundled: false,
    });
    return {
      ...made,
      postroomTemplate: Template.fromStack(made.postroom),
      receivingTemplate: Template.fromStack(made.receiving),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Replaces what CloudFormation fills in by what stands for it, so that a test can say it in one line. */
export function writeValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(writeValue);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1 && name === 'Ref') return `<${String(argument)}>`;
  if (entries.length === 1 && name === 'Fn::GetAtt' && Array.isArray(argument)) {
    return `<${argument.join('.')}>`;
  }
  if (entries.length === 1 && name === 'Fn::Join' && Array.isArray(argument)) {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map(writeValue).join(separator);
  }
  return Object.fromEntries(entries.map(([key, member]) => [key, writeValue(member)]));
}
