#!/usr/bin/env node
import module from 'node:module';

// Plain JavaScript, so that a Node which cannot run TypeScript still says what is missing.
const OLDEST = [22, 18];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);

if (isNewEnough) {
  // Without it each run strips the types of hundreds of files anew: half as long again to the first line.
  module.enableCompileCache();
  await import('./postroom.ts');
} else {
  console.error(
    `postroom: needs Node ${OLDEST.join('.')} or newer, came ${process.versions.node}; ` +
      'run it as `npx postroom`, which takes the Node that `npm install` brought',
  );
  process.exitCode = 1;
}
