import { fork } from 'node:child_process';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { ChangedJob } from './changed-job.ts';
import type { Compared, CompareJob } from './compare-job.ts';
import type { ListedStations, StationsJob } from './stations-job.ts';
import type { WriteJob, WrittenJob } from './write-job.ts';

/** Jobs on tables, and what each gives. */
export type Jobs = {
  write: [WriteJob, WrittenJob];
  compare: [CompareJob, Compared];
  changed: [ChangedJob, string[]];
  stations: [StationsJob, ListedStations];
};
export type Job = Jobs[keyof Jobs][0];
export type FromJob = { step: string } | { done: unknown; residentBytes: number } | { failed: string };

/** `residentBytes`: the most memory its process ever had. */
type Outcome<K extends keyof Jobs> = { value: Jobs[K][1]; residentBytes: number };

/** What a child says last is worth a line in a report, not more. */
const MAX_SAID = 2000;

/**
 * Runs a job on tables in a process of its own, so that neither the event loop nor the memory of a station has to bear it,
 * and one that the kernel ends for its memory ends alone. Fails with `catalogue.failed`; throws the signal's reason when
 * that aborts.
 */
export function runJob<K extends keyof Jobs>(
  job: Jobs[K][0] & { kind: K },
  watch: { signal: AbortSignal; onStep?(step: string): void },
): Promise<Result<Outcome<K>>> {
  return new Promise((resolve, reject) => {
    // Under Electron a child is Electron too, unless it is told to be Node.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const script = new URL('./duckdb.worker.ts', import.meta.url);
    const child = fork(script, [], { env, execArgv: [], serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let said = '';
    let outcome: Result<Outcome<K>> | null = null;
    const abort = () => child.kill('SIGKILL');
    child.stderr?.on('data', (text: Buffer) => {
      said = (said + text.toString('utf8')).slice(-MAX_SAID);
    });
    child.on('message', (message: FromJob) => {
      if ('step' in message) watch.onStep?.(message.step);
      else if ('failed' in message) outcome = failed('catalogue.failed', job.kind, message.failed);
      else outcome = done({ value: message.done as Jobs[K][1], residentBytes: message.residentBytes });
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      watch.signal.removeEventListener('abort', abort);
      if (watch.signal.aborted) reject(watch.signal.reason);
      else resolve(outcome ?? failed('catalogue.failed', job.kind, `ended by ${signal ?? code}: ${said}`));
    });
    watch.signal.addEventListener('abort', abort, { once: true });
    if (watch.signal.aborted) abort();
    else child.send(job);
  });
}
