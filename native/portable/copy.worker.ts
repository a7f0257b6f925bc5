import { parentPort } from 'node:worker_threads';
import type { ExtraHash } from '../../main/contract/values.ts';
import type { Copied, CopyJob, CopyPlace, ListedFacts } from '../engine.ts';
import { SourceFault } from '../failures.ts';
import { copyFile, fingerprintFile, hashBeginning, hashFile, hashFileAtRest, type OnBlock, proveCopy } from './copy-file.ts';

export type WorkerJob =
  | { do: 'copy'; job: CopyJob; extraHashes: readonly ExtraHash[] }
  | { do: 'prove'; place: CopyPlace; copied: Copied }
  | { do: 'hash'; source: Uint8Array }
  | { do: 'hash-beginning'; source: Uint8Array; listed: ListedFacts; bytes: number; extraHashes: readonly ExtraHash[] }
  | { do: 'fingerprint'; source: Uint8Array }
  | { do: 'hash-at-rest'; file: string };
/** A job for the worker; `abort` is one shared 32-bit flag, set to 1 to stop it at the next block. */
export type ToWorker = { id: number; abort: SharedArrayBuffer; job: WorkerJob };
export type FromWorker = { id: number; progressBytes: number } | { id: number; outcome: unknown };

/** Progress is told at most this often. */
const PROGRESS_MS = 100;

parentPort?.on('message', ({ id, abort, job }: ToWorker) => {
  const outcome = run(job, watch(id, new Int32Array(abort)));
  parentPort?.postMessage({ id, outcome } satisfies FromWorker);
});

function run(job: WorkerJob, onBlock: OnBlock): unknown {
  switch (job.do) {
    case 'copy':
      return copyFile(job.job, job.extraHashes, onBlock);
    case 'prove':
      return proveCopy(job.place, job.copied, onBlock);
    case 'hash':
      return hashFile(job.source, onBlock);
    case 'hash-beginning':
      return hashBeginning(job.source, job.listed, job.bytes, job.extraHashes, onBlock);
    case 'fingerprint':
      return fingerprintFile(job.source);
    case 'hash-at-rest':
      return hashFileAtRest(job.file, onBlock);
  }
}

function watch(id: number, abort: Int32Array): OnBlock {
  let toldAt = performance.now();
  return (progressBytes) => {
    if (Atomics.load(abort, 0) === 1) throw new SourceFault('docking.interrupted', 'stopped');
    if (performance.now() - toldAt < PROGRESS_MS) return;
    toldAt = performance.now();
    parentPort?.postMessage({ id, progressBytes } satisfies FromWorker);
  };
}
