import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { buildNative, missingToolchain } from './native.mjs';

/**
 * The native copy engine built with sanitizers: its conformance and fault tests with AddressSanitizer and
 * UndefinedBehaviorSanitizer, and many jobs at once with ThreadSanitizer. Exits 1 when either finds something. Where no
 * compiler is there is no native engine, and nothing to check.
 */
const root = path.dirname(import.meta.dirname);

type Check = { sanitize: string; runtime: string; env: Record<string, string>; args: string[] };

const CHECKS: Check[] = [
  {
    sanitize: 'thread',
    runtime: 'libtsan.so',
    // Node itself is not instrumented: what only it touches is not looked at. A thread of Node's may outlive the process.
    env: { TSAN_OPTIONS: 'ignore_noninstrumented_modules=1 halt_on_error=1 report_thread_leaks=0' },
    args: ['fixtures/faults/stress.ts'],
  },
  {
    sanitize: 'address,undefined',
    runtime: 'libasan.so',
    // What Node holds until it ends is no leak of ours, and hides any that were.
    env: { ASAN_OPTIONS: 'detect_leaks=0', UBSAN_OPTIONS: 'print_stacktrace=1' },
    args: [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'build/vitest.config.ts',
      'native/conformance.test.ts',
      'native/checkpoints.test.ts',
      'native/faults.test.ts',
      'native/compiled',
      'native/usb-helper',
    ],
  },
];

/** Whether a sanitizer found nothing. Its run time has to be loaded before Node, which is not built with it. */
function passes({ sanitize, runtime, env, args }: Check): boolean {
  const built = buildNative({ sanitize, say: (line) => process.stderr.write(`${line} (${sanitize})\n`) });
  if ('because' in built) {
    process.stderr.write(`${built.because}\n`);
    return false;
  }
  const preload = spawnSync('gcc', [`-print-file-name=${runtime}`], { encoding: 'utf8' }).stdout.trim();
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env, LD_PRELOAD: preload, EVIDOCK_SANITIZE: sanitize },
  });
  process.stderr.write(`${sanitize}: ${status === 0 ? 'nothing found' : `ended with ${status}`}\n`);
  return status === 0;
}

if (missingToolchain().length > 0) process.stderr.write('no compiler: no native engine to check\n');
else process.exitCode = CHECKS.map(passes).every(Boolean) ? 0 : 1;
