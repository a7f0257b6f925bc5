import { parentPort, workerData } from 'node:worker_threads';
import { done, type Result } from '../contract/errors.ts';
import { pageOf } from './page.ts';
import { type Printer, printPage } from './print.ts';
import type { Sheet } from './sheet.ts';
import { workbookOf } from './workbook.ts';

export type ReportJob = { sheet: Sheet; format: 'pdf' | 'xlsx'; printer: Printer };

const { sheet, format, printer } = workerData as ReportJob;
const made: Result<Uint8Array> = format === 'pdf' ? await printPage(pageOf(sheet), printer) : done(await workbookOf(sheet));
parentPort?.postMessage(made);
