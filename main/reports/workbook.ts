import writeExcelFile, { type CellObject, type SheetData } from 'write-excel-file/node';
import type { Sheet } from './sheet.ts';

/** Most characters a cell of a spreadsheet holds. */
const MAX_CELL = 32_767;
/** Characters that XML, and so a spreadsheet, cannot hold; a box stands for each, because the library would drop them without a word. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd-\uffff]/g;

/**
 * A sheet as a workbook (XLSX): the summary to be signed, and every difference. Each text is written as a text, so that
 * a file named like a formula is never one.
 */
export async function workbookOf(sheet: Sheet): Promise<Buffer> {
  const { headings } = sheet;
  const summary: SheetData = [
    [bold(sheet.title, 18)],
    [bold(sheet.verdict, 14)],
    [],
    ...sheet.facts.map(([label, value]) => [bold(label), plain(value)]),
    [],
    [bold(headings.figures)],
    ...sheet.counts.map(([label, count]) => [plain(label), count]),
    [],
    [bold(headings.byClass)],
    ...sheet.classes.map(([label, count]) => [plain(label), count]),
    ...(sheet.note === null ? [] : [[], [plain(sheet.note)]]),
    [],
    [plain(sheet.statement)],
    [],
    ...sheet.lines.map((line) => [bold(line), { ...plain(''), bottomBorderStyle: 'thin' as const, height: 28 }]),
  ];
  const differences: SheetData = [sheet.columns.map((title) => bold(title)), ...sheet.rows.map((row) => row.map(plain))];
  return writeExcelFile([
    { data: summary, sheet: headings.summary, columns: [{ width: 26 }, { width: 90 }] },
    { data: differences, sheet: headings.differences, columns: WIDTHS.map((width) => ({ width })), stickyRowsCount: 1, orientation: 'landscape' },
  ]).toBuffer();
}

const WIDTHS = [6, 18, 50, 40, 32, 38, 30, 30, 10, 50];

function plain(value: string): CellObject {
  return { value: value.toWellFormed().replace(NOT_IN_XML, '□').slice(0, MAX_CELL), type: String, wrap: true, alignVertical: 'top' };
}

function bold(value: string, fontSize?: number): CellObject {
  return { ...plain(value), wrap: false, fontWeight: 'bold', ...(fontSize === undefined ? {} : { fontSize }) };
}
