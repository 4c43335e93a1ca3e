#!/usr/bin/env node
// Plain JavaScript, so that a Node which cannot run TypeScript still says what is missing.
const OLDEST = [22, 18];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isOldEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);

if (isOldEnough) {
  await import('./postroom.ts');
} else {
  console.error(
    `postroom: needs Node ${OLDEST.join('.')} or newer, came ${process.versions.node}; ` +
      'run it as `npx postroom`, which takes the Node that `npm install` brought',
  );
  process.exitCode = 1;
}
