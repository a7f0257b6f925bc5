import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Runs the project's checks in order and prints what each took. `--quick` leaves out the demo, the screens and the faults; `--only STEP` runs one.
 * The last line is `N passed, N failed`: the tests of vitest, and one for each other step.
 */
const root = path.dirname(import.meta.dirname);
const report = path.join(root, 'build/.cache/vitest.json');
/** No step needs this long on two cores; one that hangs is a failure, not a wait. */
const STEP_LIMIT_MS = 20 * 60_000;
const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);

type Step = { name: string; quick: boolean; program: string; args: string[] };

const STEPS: Step[] = [
  { name: 'types', quick: true, program: bin('tsc'), args: ['-b'] },
  { name: 'lint', quick: true, program: bin('biome'), args: ['ci', '--config-path=.biome.json', '--diagnostic-level=warn', '--max-diagnostics=20'] },
  { name: 'layers', quick: true, program: process.execPath, args: ['build/layers.ts'] },
  { name: 'dead code', quick: true, program: process.execPath, args: ['node_modules/knip/bin/knip.js', '--config', 'build/knip.json'] },
  { name: 'screens', quick: true, program: process.execPath, args: ['build/renderer.ts'] },
  {
    name: 'tests',
    quick: true,
    program: process.execPath,
    args: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'build/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ],
  },
  { name: 'sanitizers', quick: false, program: process.execPath, args: ['build/sanitizers.ts'] },
  { name: 'demo', quick: false, program: process.execPath, args: ['fixtures/e2e/demo.ts', '--json'] },
  { name: 'screens', quick: false, program: process.execPath, args: ['fixtures/e2e/ui/screens.ts'] },
  { name: 'faults', quick: false, program: process.execPath, args: ['fixtures/faults/main.ts'] },
];

type Counted = { passed: number; failed: number };

function runStep(step: Step): Counted & { seconds: number } {
  const started = performance.now();
  fs.rmSync(report, { force: true });
  process.stderr.write(`== ${step.name}\n`);
  const { status } = spawnSync(step.program, step.args, { cwd: root, stdio: ['ignore', 2, 2], timeout: STEP_LIMIT_MS });
  const seconds = (performance.now() - started) / 1000;
  return { ...(step.name === 'tests' ? vitestCounts(status) : { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 }), seconds };
}

function vitestCounts(status: number | null): Counted {
  if (!fs.existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(fs.readFileSync(report, 'utf8')) as Record<string, number>;
  const passed = numPassedTests ?? 0;
  // A run that executed nothing, or left something out, has not passed; nor has one that vitest itself calls failed.
  const unaccounted = (numTotalTests ?? 0) - passed - (numFailedTests ?? 0);
  const failed = (numFailedTests ?? 0) + unaccounted;
  return { passed, failed: passed === 0 || (status !== 0 && failed === 0) ? failed + 1 : failed };
}

const only = process.argv.indexOf('--only');
const quick = process.argv.includes('--quick');
const steps = STEPS.filter((step) => (only >= 0 ? step.name === process.argv[only + 1] : step.quick || !quick));
const results = steps.map((step) => ({ step: step.name, ...runStep(step) }));
process.stdout.write('\n');
for (const { step, seconds, passed, failed } of results) {
  process.stdout.write(
    `${step.padEnd(10)} ${seconds.toFixed(1).padStart(7)} s  ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed\n`,
  );
}
const total = (key: keyof Counted) => results.reduce((sum, result) => sum + result[key], 0);
process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`);
process.exitCode = total('failed') > 0 || results.length === 0 ? 1 : 0;
