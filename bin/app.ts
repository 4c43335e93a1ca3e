import { readConfigurationFile } from '../adapters/filesystem/configuration-file.ts';
import { createPostroomApp } from '../lib/create-postroom-app.ts';
import { describeError } from '../mail/errors.ts';

// What `cdk` runs: it reads `postroom.config.ts` and writes both stacks' templates and bundles.
try {
  createPostroomApp(await readConfigurationFile()).app.synth();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
