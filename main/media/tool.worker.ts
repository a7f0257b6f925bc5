import { parentPort } from 'node:worker_threads';
import { runToolHere, type ToolName, type ToolResult, type ToolRun } from './tool-process.ts';

export type ToTool = { id: number; tool: ToolName; run: Omit<ToolRun, 'signal'> } | { id: number; abort: true };
export type FromTool = { id: number; result: ToolResult };

const running = new Map<number, AbortController>();

parentPort?.on('message', async (message: ToTool) => {
  if ('abort' in message) {
    running.get(message.id)?.abort();
    return;
  }
  const { id, tool, run } = message;
  const abort = new AbortController();
  running.set(id, abort);
  const result = await runToolHere(tool, { ...run, signal: abort.signal });
  running.delete(id);
  parentPort?.postMessage({ id, result } satisfies FromTool);
});
