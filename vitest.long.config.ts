import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/long/**/*.test.ts'],
    // Each of them wants the machine for itself.
    fileParallelism: false,
    testTimeout: 3_600_000,
  },
});
