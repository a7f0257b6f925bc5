import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { superviseStation } from '../supervise/supervise.ts';
import { type KioskWindow, openKioskWindow } from './kiosk-window.ts';

const PROGRAM = path.join(import.meta.dirname, '../cli/main.ts');

/**
 * The kiosk: a station as a process of its own (`evidock` with `args`), started again whenever it crashes, always on one
 * port, and the window on it. Ends with the station's exit code when that could not start at all, else when told to
 * (SIGINT, SIGTERM), and then in good order.
 */
export async function runKiosk(args: readonly string[], profileRoot: string, env: NodeJS.ProcessEnv): Promise<number> {
  const ended = Promise.withResolvers<number>();
  let station: ChildProcess | null = null;
  let port: string | null = null;
  let window: KioskWindow | null = null;

  function start(): ChildProcess {
    station = fork(PROGRAM, [...args, ...(port === null ? [] : ['--port', port])], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
    return station;
  }

  const supervisor = superviseStation(start, (now) => {
    if (now.kind === 'running') {
      port = new URL(now.url).port;
      window ??= openKioskWindow(now.url, profileRoot, env);
    } else if (port === null) {
      // What stops a first start, as another station on the data folder, is for a person to see to.
      ended.resolve(station?.exitCode ?? 1);
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.resolve(0));
  const code = await ended.promise;
  (window as KioskWindow | null)?.close();
  await supervisor.stop();
  return code;
}
