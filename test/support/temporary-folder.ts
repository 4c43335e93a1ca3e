import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test ends. */
export function createTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postroom-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A folder in which a configuration file finds `./mail`, as it does in a clone. */
export function createConfigurationFolder(): string {
  const folder = createTemporaryFolder();
  symlinkSync(fileURLToPath(new URL('../../mail', import.meta.url)), join(folder, 'mail'));
  return folder;
}
