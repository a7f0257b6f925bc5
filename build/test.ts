import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { TEST_FILES } from './vitest.config.ts';

/**
 * Runs the project's checks in order and prints what each took. `--quick` is the quick loop: of the
 * tests only those of pure functions and those that uncommitted changes reach, and nothing end to end. `--ci` adds sanitizers and
 * faults, for which a developer need not wait. `--only STEP` runs one.
 * The last line is `N passed, N failed`: the tests of vitest, and one for each other step.
 */
const root = path.dirname(import.meta.dirname);
const report = path.join(root, 'build/.cache/vitest.json');
const only = process.argv.indexOf('--only');
const isCi = process.argv.includes('--ci');
/** No step needs this long on two cores; one that hangs is a failure, not a wait. */
const STEP_LIMIT_MS = 20 * 60_000;
const bin = (name: string) => path.join(root, 'node_modules', '.bin', name);

const VITEST = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--config',
  'build/vitest.config.ts',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
];

/** `when`: in every run, only in the quick loop, only in the whole run, or only where there is time for everything. */
type Step = { name: string; when: 'always' | 'quick' | 'whole' | 'ci'; program: string; args: string[] };

const STEPS: Step[] = [
  { name: 'types', when: 'always', program: bin('tsc'), args: ['-b'] },
  {
    name: 'lint',
    when: 'always',
    program: bin('biome'),
    args: ['ci', '--config-path=.biome.json', '--diagnostic-level=warn', '--max-diagnostics=20'],
  },
  { name: 'layers', when: 'always', program: process.execPath, args: ['build/layers.ts'] },
  { name: 'dead code', when: 'always', program: process.execPath, args: ['node_modules/knip/bin/knip.js', '--config', 'build/knip.json'] },
  { name: 'screens', when: 'always', program: process.execPath, args: ['build/renderer.ts'] },
  { name: 'pure tests', when: 'quick', program: process.execPath, args: [...VITEST, '.pure.test.ts'] },
  { name: 'changed', when: 'quick', program: process.execPath, args: [...VITEST, '--changed', '--passWithNoTests'] },
  { name: 'tests', when: 'whole', program: process.execPath, args: VITEST },
  { name: 'sanitizers', when: 'ci', program: process.execPath, args: ['build/sanitizers.ts'] },
  { name: 'demo', when: 'whole', program: process.execPath, args: ['fixtures/e2e/demo.ts', '--json'] },
  { name: 'screens', when: 'whole', program: process.execPath, args: ['fixtures/e2e/ui/screens.ts'] },
  { name: 'faults', when: 'ci', program: process.execPath, args: ['fixtures/faults/main.ts'] },
];

type Counted = { passed: number; failed: number };

function runStep(step: Step): Counted & { seconds: number } {
  const started = performance.now();
  process.stderr.write(`== ${step.name}\n`);
  const counted = step.name === 'tests' ? runTests(step) : countOf(run(step));
  return { ...counted, seconds: (performance.now() - started) / 1000 };
}

function run(step: Step, more: readonly string[] = []): number | null {
  fs.rmSync(report, { force: true });
  return spawnSync(step.program, [...step.args, ...more], { cwd: root, stdio: ['ignore', 2, 2], timeout: STEP_LIMIT_MS }).status;
}

function countOf(status: number | null): Counted {
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1 };
}

/** Files of tests that may be run once more. */
const MAX_AGAIN = 2;

/**
 * Runs the tests. V8 24 now and then ends a whole process when a thread gives code of WebAssembly back (nodejs/node issue
 * 64500): when nothing failed, and files have tests without a result, those files are run once more. In CI, on machines
 * shared with others, so are one or two files that failed; it is said which, for a test that is unsteady is to be mended.
 */
function runTests(step: Step): Counted {
  const status = run(step);
  const first = readReport();
  const unfinished = first && status !== 0 && (first.numFailedTests === 0 || isCi) ? filesNotWhole(first) : [];
  if (!first || unfinished.length === 0 || unfinished.length > MAX_AGAIN) return vitestCounts(first, status);
  process.stderr.write(`!! unsteady: ${unfinished.join(', ')}; once more\n`);
  const again = run(step, unfinished);
  const { passed, failed } = vitestCounts(readReport(), again);
  const whole = first.testResults.filter((one) => !unfinished.includes(path.relative(root, one.name)));
  return { passed: passed + whole.reduce((sum, one) => sum + one.assertionResults.length, 0), failed };
}

type Report = {
  numPassedTests: number;
  numFailedTests: number;
  numTotalTests: number;
  testResults: { name: string; assertionResults: { status: string }[] }[];
};

function readReport(): Report | null {
  return fs.existsSync(report) ? (JSON.parse(fs.readFileSync(report, 'utf8')) as Report) : null;
}

function vitestCounts(read: Report | null, status: number | null): Counted {
  if (!read) return { passed: 0, failed: 1 };
  // A run that executed nothing, or left something out, has not passed; nor has one that vitest itself calls failed.
  const { numPassedTests: passed, numTotalTests } = read;
  const failed = numTotalTests - passed;
  return { passed, failed: failed === 0 && (passed === 0 || status !== 0) ? 1 : failed };
}

/** Files of which not every test has passed. */
function filesNotWhole({ testResults }: Report): string[] {
  const isWhole = (results: { status: string }[]) => results.length > 0 && results.every((one) => one.status === 'passed');
  const whole = new Set(testResults.flatMap((one) => (isWhole(one.assertionResults) ? [path.relative(root, one.name)] : [])));
  return fs.globSync(TEST_FILES, { cwd: root }).filter((file) => !whole.has(file));
}

const kinds = process.argv.includes('--quick') ? ['always', 'quick'] : isCi ? ['always', 'whole', 'ci'] : ['always', 'whole'];
const steps = STEPS.filter((step) => (only >= 0 ? step.name === process.argv[only + 1] : kinds.includes(step.when)));
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
