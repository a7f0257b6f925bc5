import { parentPort, workerData } from 'node:worker_threads';
import { done, type Result } from '../contract/errors.ts';
import { pageOf } from './page.ts';
import { type Printer, printPage } from './print.ts';
import type { Sheet } from './sheet.ts';
import { workbookOf } from './workbook.ts';

export type ReportJob = { sheet: Sheet; format: 'pdf' | 'xlsx'; printer: Printer };

const { sheet, format, printer } = workerData as ReportJob;
const stop = new AbortController();
parentPort?.once('message', () => stop.abort());
const made: Result<Uint8Array> = format === 'pdf' ? await printPage(pageOf(sheet), printer, stop.signal) : done(await workbookOf(sheet));
parentPort?.postMessage(made);
// It listens for a stop that may never come.
parentPort?.close();
