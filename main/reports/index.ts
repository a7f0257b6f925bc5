export { makeReport } from './make-report.ts';
export type { SheetInput } from './sheet.ts';
export { writeReport } from './write-report.ts';
