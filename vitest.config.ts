import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    // `npm run test:long` runs these.
    exclude: [...configDefaults.exclude, 'test/long/**'],
    reporters: ['default', './test/support/closing-reporter.ts'],
    testTimeout: 20_000,
  },
});
