import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // on two cores Vitest would leave one to itself and run a single file at a time
    maxWorkers: availableParallelism(),
    // real servers and solvers on two shared cores: a slow machine is no failure
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
