import { Worker } from 'node:worker_threads';
import { failed, type Result } from '../contract/errors.ts';
import { type ArchiveSheetInput, archiveSheetOf } from './archive-sheet.ts';
import { BROWSERS, PRINT_LIMIT_MS, type Printer } from './print.ts';
import type { ReportJob } from './report.worker.ts';
import { type Sheet, type SheetInput, sheetOf } from './sheet.ts';
import type { Language } from './words.ts';

const PRINTER: Printer = { browsers: BROWSERS, limitMs: PRINT_LIMIT_MS };

/** The report made last; the next waits for it, because a browser takes 220 MB and this machine is there for copying. */
let last: Promise<unknown> = Promise.resolve();

export type ReportRequest = { format: 'pdf' | 'xlsx'; language: Language; signal: AbortSignal };

/**
 * A reconciliation as a file. Made on a thread of its own: starting a browser and packing a workbook would hold the
 * station's event loop. A PDF fails with `report.printer-missing` or `report.print-failed`; a workbook never fails. When the
 * signal aborts it fails with `run.cancelled`, and by then the browser has ended and its folder is gone.
 */
export function makeReport(input: SheetInput, { language, ...how }: ReportRequest, printer = PRINTER): Promise<Result<Uint8Array>> {
  return makeFile(sheetOf(input, language), how, printer);
}

/** The same of a reconciliation of all stations. */
export function makeArchiveReport(input: ArchiveSheetInput, { language, ...how }: ReportRequest): Promise<Result<Uint8Array>> {
  return makeFile(archiveSheetOf(input, language), how);
}

/** The same of any sheet. */
export function makeFile(sheet: Sheet, { format, signal }: Omit<ReportRequest, 'language'>, printer = PRINTER): Promise<Result<Uint8Array>> {
  const job: ReportJob = { sheet, format, printer };
  const made = last.then(() => (signal.aborted ? failed('run.cancelled', format.toUpperCase()) : onThread(job, signal)));
  // Whoever waits in line does not care how the one before went.
  last = made.catch(() => undefined);
  return made;
}

function onThread(job: ReportJob, signal: AbortSignal): Promise<Result<Uint8Array>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./report.worker.ts', import.meta.url), { workerData: job });
    // The thread is told, not ended: it alone knows the browser that has to end.
    const stop = () => worker.postMessage('stop');
    signal.addEventListener('abort', stop);
    worker.once('exit', () => signal.removeEventListener('abort', stop));
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the report's thread ended with code ${code} before it was done`)));
  });
}
