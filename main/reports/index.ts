export { makeArchiveReport, makeReport } from './make-report.ts';
export type { SheetInput } from './sheet.ts';
export { writeArchiveReport, writeReport } from './write-report.ts';
