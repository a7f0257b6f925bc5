import { defineConfig } from 'vitest/config';

export const TEST_FILES = ['main/**/*.test.ts', 'native/**/*.test.ts', 'fixtures/**/*.test.ts', 'build/**/*.test.ts', 'renderer/**/*.test.ts'];

// Real disks, databases and ffmpeg: few workers, and time enough for a slow machine. No test measures time.
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  // Its binary is not where tests run; the stand-in is held against the real typings.
  resolve: { alias: { electron: new URL('../fixtures/electron/stand-in.ts', import.meta.url).pathname } },
  test: {
    include: TEST_FILES,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
