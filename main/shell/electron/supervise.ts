import { backOffMs, crashesInRow } from './back-off.pure.ts';

/** What a station process tells the shell. */
export type StationMessage = { kind: 'ready'; socket: string };

/** The part of Electron's UtilityProcess that is needed; a child process of Node has it too. */
export type StationChild = {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: () => void): unknown;
  kill(): boolean;
};

export type Supervisor = { socket(): string | null; stop(): Promise<void> };

/** Keeps a station process running: started at once, and again after each end with a growing pause, until stopped. */
export function superviseStation(start: () => StationChild, changed: (kind: 'running' | 'away') => void): Supervisor {
  let socket: string | null = null;
  let child: StationChild | null = null;
  let timer: NodeJS.Timeout | undefined;
  let crashes = 0;
  let stopped: (() => void) | null = null;

  function run() {
    const startedMs = performance.now();
    const running = start();
    child = running;
    running.on('message', (message) => {
      if (!isReady(message)) return;
      socket = message.socket;
      changed('running');
    });
    running.once('exit', () => {
      socket = null;
      child = null;
      if (stopped !== null) return stopped();
      crashes = crashesInRow(crashes, performance.now() - startedMs);
      timer = setTimeout(run, backOffMs(crashes));
      changed('away');
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

function isReady(message: unknown): message is StationMessage {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'ready' && 'socket' in message;
}
