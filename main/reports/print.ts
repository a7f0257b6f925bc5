import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { done, failed, type Result } from '../contract/errors.ts';

/** Where distributions put it; the first one that is there prints. */
export const BROWSERS: readonly string[] = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A thousand differences were measured to print in under three seconds. */
export const PRINT_LIMIT_MS = 60_000;
/** Characters of the browser's own words that a failure repeats. */
const MAX_DETAIL = 300;

export type Printer = { browsers: readonly string[]; limitMs: number };

/**
 * Prints a page to PDF with the Chromium of this machine: a process of its own that knows no network, in a folder of its own that
 * is gone afterwards, ended with everything it started when it takes too long, or when the signal aborts (`run.cancelled`).
 */
export async function printPage(html: string, { browsers, limitMs }: Printer, signal: AbortSignal): Promise<Result<Uint8Array>> {
  const program = browsers.find((file) => fs.existsSync(file));
  if (!program) return failed('report.printer-missing', browsers.join(', '));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-print-'));
  try {
    const page = path.join(folder, 'page.html');
    const pdf = path.join(folder, 'page.pdf');
    fs.writeFileSync(page, html, { mode: 0o600 });
    const ended = await run(program, argsFor(folder, page, pdf), folder, limitMs, signal);
    if (signal.aborted) return failed('run.cancelled', 'PDF');
    const bytes = fs.existsSync(pdf) ? fs.readFileSync(pdf) : null;
    if (ended.code !== 0 || !bytes?.subarray(0, 5).equals(Buffer.from('%PDF-'))) {
      return failed('report.print-failed', path.basename(program), ended.words);
    }
    return done(bytes);
  } finally {
    // A browser that was ended may still be letting go of its profile.
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function argsFor(folder: string, page: string, pdf: string): string[] {
  return [
    '--headless',
    '--disable-gpu',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-extensions',
    // The page itself may fetch nothing (its content policy); for the browser there is no host at all, loopback included.
    '--host-resolver-rules=MAP * ~NOTFOUND',
    `--user-data-dir=${path.join(folder, 'profile')}`,
    '--no-pdf-header-footer',
    `--print-to-pdf=${pdf}`,
    // Chromium refuses its sandbox to root; a station that runs as root is a test bench.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    pathToFileURL(page).href,
  ];
}

type Ended = { code: number | null; words: string };

function run(program: string, args: readonly string[], home: string, limitMs: number, signal: AbortSignal): Promise<Ended> {
  return new Promise((resolve) => {
    // A group of its own, so that the browser's own processes end with it; an environment that names no desktop and no proxy.
    const env = { HOME: home, TMPDIR: home, PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' };
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true, env });
    let words = '';
    let late = false;
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString('utf8')).slice(-MAX_DETAIL);
    });
    const timer = setTimeout(() => {
      late = true;
      endGroup(child.pid);
    }, limitMs);
    const stop = () => endGroup(child.pid);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    child.on('error', (error) => {
      over();
      resolve({ code: null, words: String(error) });
    });
    child.on('close', (code) => {
      over();
      resolve({ code, words: late ? `not done after ${limitMs} ms` : words.trim() });
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself in this very moment.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
