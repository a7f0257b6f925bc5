import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Whether there is a screen a window can open on. */
export function hasDisplay(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/**
 * Opens Chromium on the station's address as a window without tabs or address bar, with a profile of its own below
 * `profileRoot`. Null when no Chromium is installed. The window is the user's: the station goes on when it is closed.
 */
export function openKiosk(url: string, profileRoot: string, env: NodeJS.ProcessEnv): ChildProcess | null {
  const program = CHROMIUM.find((file) => fs.existsSync(file));
  if (!program) return null;
  const args = [
    `--app=${url}`,
    `--user-data-dir=${path.join(profileRoot, 'kiosk-profile')}`,
    '--start-fullscreen',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    // Chromium refuses its sandbox to root; a station that runs as root is a test bench.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  const child = spawn(program, args, { stdio: 'ignore', env, detached: false });
  child.on('error', () => undefined);
  return child;
}
