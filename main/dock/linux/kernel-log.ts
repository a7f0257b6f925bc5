import { spawn } from 'node:child_process';
import { type KernelState, messageOf, readKernelLine, withWord } from './kernel-log.pure.ts';

const RESTART_MS = 5000;

/** What the kernel has said of USB since it was booted, as far as its log goes back. Null when its log cannot be read. */
export type KernelLog = { state(): KernelState | null; close(): void };

/** Follows `/dev/kmsg`, which needs CAP_SYSLOG on most systems; a station that may not read it knows less, and says so. */
export function followKernelLog(file = '/dev/kmsg'): KernelLog {
  let state: KernelState | null = new Map();
  let closed = false;
  let stop = () => {};
  function start(): void {
    // Its read blocks until there is more: that is for a process of its own, not for a thread of this one.
    const child = spawn('cat', [file], { stdio: ['ignore', 'pipe', 'ignore'] });
    stop = () => child.kill('SIGKILL');
    let pending = '';
    child.stdout.setEncoding('utf8');
    // What is read is read from the beginning, so nothing counts twice.
    let own: KernelState = new Map();
    child.stdout.on('data', (text: string) => {
      const lines = (pending + text).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) {
        const word = readKernelLine(messageOf(line) ?? '');
        if (word) own = withWord(own, word);
      }
      state = own;
    });
    child.once('error', ended);
    child.once('exit', ended);
  }
  function ended(): void {
    if (closed) return;
    state = null;
    setTimeout(() => !closed && start(), RESTART_MS).unref();
  }
  start();
  return {
    state: () => state,
    close() {
      closed = true;
      stop();
    },
  };
}
