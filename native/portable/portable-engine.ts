import { Worker } from 'node:worker_threads';
import type { CopyEngine, JobOptions, Outcome } from '../engine.ts';
import type { FromWorker, ToWorker, WorkerJob } from './copy.worker.ts';

type Waiting = {
  job: WorkerJob;
  options: JobOptions;
  resolve(outcome: unknown): void;
  reject(error: unknown): void;
};

/**
 * The copy engine in TypeScript: `threads` worker threads, each copying or hashing one file at a time with blocking
 * reads and writes, so that nothing of it runs on the caller's event loop. Jobs start in the order they come.
 */
export function createPortableEngine(threads: number): CopyEngine {
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const all: Worker[] = [];
  let next = 1;

  function submit<T>(job: WorkerJob, options: JobOptions): Promise<Outcome<T>> {
    return new Promise((resolve, reject) => {
      queue.push({ job, options, resolve: resolve as (outcome: unknown) => void, reject });
      pump();
    });
  }

  function pump(): void {
    while (queue.length > 0) {
      const worker = idle.pop() ?? (all.length < threads ? start() : null);
      if (!worker) return;
      run(worker, queue.shift() as Waiting);
    }
  }

  function start(): Worker {
    const worker = new Worker(new URL('./copy.worker.ts', import.meta.url));
    worker.setMaxListeners(0);
    worker.unref();
    all.push(worker);
    return worker;
  }

  function run(worker: Worker, waiting: Waiting): void {
    const id = next++;
    const abort = new SharedArrayBuffer(4);
    const flag = new Int32Array(abort);
    const stop = () => Atomics.store(flag, 0, 1);
    if (waiting.options.signal.aborted) stop();
    waiting.options.signal.addEventListener('abort', stop, { once: true });
    worker.ref();

    const finish = (act: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      waiting.options.signal.removeEventListener('abort', stop);
      act();
      pump();
    };
    const onMessage = (message: FromWorker) => {
      if (message.id !== id) return;
      if ('progressBytes' in message) return waiting.options.onProgress?.(message.progressBytes);
      worker.unref();
      idle.push(worker);
      finish(() => waiting.resolve(message.outcome));
    };
    const onError = (error: unknown) => {
      all.splice(all.indexOf(worker), 1);
      finish(() => waiting.reject(error));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage({ id, abort, job: waiting.job } satisfies ToWorker);
  }

  return {
    id: `portable-1 node-${process.versions.node} openssl-${process.versions.openssl}`,
    copy: (job, options) => submit({ do: 'copy', job, extraHashes: options.extraHashes ?? [] }, options),
    prove: (place, copied, options) => submit({ do: 'prove', place, copied }, options),
    hash: (source, options) => submit({ do: 'hash', source }, options),
    hashBeginning: (source, listed, bytes, options) =>
      submit({ do: 'hash-beginning', source, listed, bytes, extraHashes: options.extraHashes ?? [] }, options),
    fingerprint: (source, options) => submit({ do: 'fingerprint', source }, options),
    hashAtRest: (file, options) => submit({ do: 'hash-at-rest', file }, options),
    async close() {
      await Promise.all(all.map((worker) => worker.terminate()));
    },
  };
}
