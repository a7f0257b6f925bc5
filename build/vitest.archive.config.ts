import { defineConfig } from 'vitest/config';

/** Tests that need the real servers of `fixtures/archive-lab`, which starts them and then these. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: { include: ['fixtures/archive-lab/**/*.lab.ts'], pool: 'forks', maxWorkers: 1, testTimeout: 600_000, hookTimeout: 120_000 },
});
