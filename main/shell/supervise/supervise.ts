import { z } from 'zod';
import { Failure } from '../../contract/errors.ts';
import { backOffMs, crashesInRow } from './back-off.pure.ts';

/** What a station process tells the shell: where it serves, or why it could not start. */
export type StationMessage = { kind: 'ready'; socket: string; url: string } | { kind: 'failed'; failure: Failure };

/** The part of Electron's UtilityProcess that is needed; a child process of Node has it too. */
export type StationChild = {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: () => void): unknown;
  kill(): boolean;
};

/** `crashes` in a row so far, and when the next start follows; `failure` as the last one told it. */
export type Supervised = { kind: 'running'; url: string } | { kind: 'away'; crashes: number; retryMs: number; failure: Failure | null };

export type Supervisor = { socket(): string | null; stop(): Promise<void> };

/** Keeps a station process running: started at once, and again after each end with a growing pause, until stopped. */
export function superviseStation(start: () => StationChild, changed: (now: Supervised) => void): Supervisor {
  let socket: string | null = null;
  let child: StationChild | null = null;
  let timer: NodeJS.Timeout | undefined;
  let crashes = 0;
  let stopped: (() => void) | null = null;

  function run() {
    const startedMs = performance.now();
    const running = start();
    let failure: Failure | null = null;
    child = running;
    running.on('message', (message) => {
      failure = failureIn(message) ?? failure;
      const ready = readyIn(message);
      if (ready === null) return;
      socket = ready.socket;
      changed({ kind: 'running', url: ready.url });
    });
    running.once('exit', () => {
      socket = null;
      child = null;
      if (stopped !== null) return stopped();
      crashes = crashesInRow(crashes, performance.now() - startedMs);
      const retryMs = backOffMs(crashes);
      timer = setTimeout(run, retryMs);
      changed({ kind: 'away', crashes, retryMs, failure });
    });
  }

  run();
  return {
    socket: () => socket,
    stop() {
      clearTimeout(timer);
      return new Promise((resolve) => {
        stopped = resolve;
        if (child === null) resolve();
        else child.kill();
      });
    },
  };
}

const Ready = z.object({ kind: z.literal('ready'), socket: z.string(), url: z.string() });

function readyIn(message: unknown): z.infer<typeof Ready> | null {
  return Ready.safeParse(message).data ?? null;
}

function failureIn(message: unknown): Failure | null {
  const { kind, failure } = (message ?? {}) as { kind?: unknown; failure?: unknown };
  return kind === 'failed' ? (Failure.safeParse(failure).data ?? null) : null;
}
