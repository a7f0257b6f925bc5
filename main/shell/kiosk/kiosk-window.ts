import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { backOffMs, crashesInRow } from '../supervise/back-off.pure.ts';
import { type BrowserPipe, BrowserRefusal, openBrowserPipe } from './browser-pipe.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export type KioskWindow = { close(): void };

/** How often a page is asked what it shows. */
const ASK_EVERY_MS = 3000;

/** Whether there is a screen a window can open on. */
export function hasDisplay(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
}

/**
 * Opens Chromium on the station's address as a window without tabs or address bar, with a profile of its own below
 * `profileRoot`. A page that has crashed, hangs or could not be loaded is loaded again, a browser that has crashed is
 * started again, each after a growing pause; a window that somebody closes stays closed. Null when no Chromium is
 * installed.
 */
export function openKioskWindow(url: string, profileRoot: string, env: NodeJS.ProcessEnv): KioskWindow | null {
  const program = CHROMIUM.find((file) => fs.existsSync(file));
  if (!program) return null;
  const args = argumentsFor(url, path.join(profileRoot, 'kiosk-profile'));
  const closing = new AbortController();
  void keepOpen(() => spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env }), url, closing.signal);
  return { close: () => closing.abort() };
}

async function keepOpen(start: () => ChildProcess, home: string, closing: AbortSignal): Promise<void> {
  const pause = createPauses(closing);
  while (!closing.aborted) {
    const browser = start();
    const close = () => browser.kill();
    closing.addEventListener('abort', close, { once: true });
    // A browser that cannot be started at all ends at once, which is told by its exit.
    browser.on('error', () => undefined);
    const gone = new AbortController();
    const watching = watchPages(openBrowserPipe(browser.stdio[3] as Writable, browser.stdio[4] as Readable), home, gone.signal);
    const code = await new Promise<number | null>((resolve) => browser.once('close', resolve));
    closing.removeEventListener('abort', close);
    gone.abort();
    await watching;
    if (code === 0) return;
    await pause();
  }
}

/** Asks every page, again and again, what it shows, and takes it where it was to be when that is nothing. */
async function watchPages(pipe: BrowserPipe, home: string, gone: AbortSignal): Promise<void> {
  const pause = createPauses(gone);
  const wasEmpty = new Set<string>();
  while (!gone.aborted) {
    await sleep(ASK_EVERY_MS, gone);
    try {
      for (const { targetId, url } of await pagesOf(pipe)) {
        const shows = await inPage(pipe, targetId, (session) => shownBy(pipe, session));
        // A page may need a moment between being loaded and showing something.
        const isWell = shows === 'something' || shows === 'loading' || (shows === 'nothing' && !wasEmpty.has(targetId));
        wasEmpty.delete(targetId);
        if (shows === 'nothing' && isWell) wasEmpty.add(targetId);
        if (isWell) continue;
        await pause();
        // Not a reload: a page that crashed before it was there has nothing to load again.
        await inPage(pipe, targetId, (session) => pipe.ask('Page.navigate', { url: url.startsWith(home) ? url : home }, session));
      }
    } catch (error) {
      // A page that was closed, or a browser that ended, while it was asked: the next round, or the end, looks after it.
      if (!(error instanceof BrowserRefusal)) throw error;
    }
  }
}

type Page = { targetId: string; type: string; url: string };

async function pagesOf(pipe: BrowserPipe): Promise<Page[]> {
  const { targetInfos } = (await pipe.ask('Target.getTargets', {})) as { targetInfos: Page[] };
  return targetInfos.filter((target) => target.type === 'page');
}

type Shown = 'something' | 'nothing' | 'loading' | 'no answer';
const SHOWN = `document.readyState !== 'complete' ? 'loading' : document.querySelector('main') ? 'something' : 'nothing'`;

/**
 * What is on a page. One that could not be loaded, or of which only a part could because the station crashed meanwhile,
 * shows nothing of ours; one that has crashed or hangs does not answer.
 */
async function shownBy(pipe: BrowserPipe, session: string): Promise<Shown> {
  try {
    const { result } = (await pipe.ask('Runtime.evaluate', { expression: SHOWN }, session)) as { result: { value?: Shown } };
    return result.value ?? 'nothing';
  } catch (error) {
    if (error instanceof BrowserRefusal) return 'no answer';
    throw error;
  }
}

async function inPage<T>(pipe: BrowserPipe, target: string, act: (session: string) => Promise<T>): Promise<T> {
  const { sessionId } = await pipe.ask('Target.attachToTarget', { targetId: target, flatten: true });
  try {
    return await act(String(sessionId));
  } finally {
    await pipe.ask('Target.detachFromTarget', { sessionId });
  }
}

/** Pauses that grow with each crash soon after the last one. */
function createPauses(signal: AbortSignal): () => Promise<void> {
  let crashes = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    crashes = crashesInRow(crashes, performance.now() - lastMs);
    lastMs = performance.now();
    return sleep(backOffMs(crashes), signal);
  };
}

/** Resolves after a time, or at once when the signal is aborted. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch((error: Error) => {
    if (error.name !== 'AbortError') throw error;
  });
}

function argumentsFor(url: string, profile: string): string[] {
  return [
    `--app=${url}`,
    `--user-data-dir=${profile}`,
    // Pipes only its parent holds: no port that others could speak to.
    '--remote-debugging-pipe',
    '--start-fullscreen',
    '--no-first-run',
    '--no-default-browser-check',
    '--hide-crash-restore-bubble',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    // Chromium refuses its sandbox to root; a station that runs as root is a test bench.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
}
