import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // real servers and solvers on two shared cores: a slow machine is no failure
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
