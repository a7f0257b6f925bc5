import { Worker } from 'node:worker_threads';
import type { FromTool, ToTool } from './tool.worker.ts';
import type { ToolName, ToolResult, ToolRun } from './tool-process.ts';

type Waiting = { resolve(result: ToolResult): void; reject(error: unknown): void };

const waiting = new Map<number, Waiting>();
let worker: Worker | null = null;
let next = 1;

/**
 * `runToolHere` on a thread of its own, one for the whole program: starting a process was measured to block its thread for up to
 * 55 ms on a busy machine, which the station's event loop must not. Same guarantees; rejects only when the thread itself is lost.
 */
export function runTool(tool: ToolName, { signal, ...run }: ToolRun): Promise<ToolResult> {
  const thread = worker ?? start();
  const id = next++;
  return new Promise<ToolResult>((resolve, reject) => {
    const abort = () => thread.postMessage({ id, abort: true } satisfies ToTool);
    const finish = () => {
      signal.removeEventListener('abort', abort);
      waiting.delete(id);
      if (waiting.size === 0) thread.unref();
    };
    waiting.set(id, {
      resolve(result) {
        finish();
        // Bytes come over as a plain array view.
        resolve(result.ok ? { ...result, stdout: Buffer.from(result.stdout) } : result);
      },
      reject(error) {
        finish();
        reject(error);
      },
    });
    thread.ref();
    thread.postMessage({ id, tool, run } satisfies ToTool);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}

function start(): Worker {
  const thread = new Worker(new URL('./tool.worker.ts', import.meta.url));
  thread.on('message', ({ id, result }: FromTool) => waiting.get(id)?.resolve(result));
  thread.on('error', (error) => {
    worker = null;
    for (const one of [...waiting.values()]) one.reject(error);
  });
  worker = thread;
  return thread;
}
