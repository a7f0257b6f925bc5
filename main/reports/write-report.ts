import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { writeFileDurably } from '../store/index.ts';
import { type ArchiveSheetInput, archiveSheetOf } from './archive-sheet.ts';
import { makeFile } from './make-report.ts';
import { pageOf } from './page.ts';
import { type SheetInput, sheetOf } from './sheet.ts';

/**
 * Writes a reconciliation as JSON to `file`, and as a page for people beside it, in Chinese (`.html`) and English
 * (`.en.html`); each stands by itself. Fails with `report.write-failed` when they cannot be written.
 */
export function writeReport(file: string, input: SheetInput): Result<null> {
  const { report, station, exportedAt, head } = input;
  const base = file.replace(/\.json$/, '');
  const frame = { stationCode: station.code, stationId: station.id, at: exportedAt, head };
  try {
    writeFileDurably(file, `${JSON.stringify({ ...frame, ...report }, null, 2)}\n`, 0o640);
    writeFileDurably(`${base}.html`, pageOf(sheetOf(input, 'zh')), 0o640);
    writeFileDurably(`${base}.en.html`, pageOf(sheetOf(input, 'en')), 0o640);
    return done(null);
  } catch (error) {
    return failed('report.write-failed', file, String(error));
  }
}

/**
 * Writes a reconciliation of all stations: the recorded result as JSON to `file`, and beside it, in Chinese and English (`.en`), a
 * page (`.html`), a sheet to sign (`.pdf`) and a workbook (`.xlsx`). Where no browser can print, the PDFs are left out and the
 * answer says so. Fails with `report.write-failed` when a file cannot be written.
 */
export async function writeArchiveReport(file: string, input: ArchiveSheetInput): Promise<Result<{ unprinted: Failure | null }>> {
  const base = file.replace(/\.json$/, '');
  let unprinted: Failure | null = null;
  // A few seconds after hours of comparing: nobody stops it.
  const { signal } = new AbortController();
  try {
    writeFileDurably(file, `${JSON.stringify(input.recorded, null, 2)}\n`, 0o640);
    for (const language of ['zh', 'en'] as const) {
      const sheet = archiveSheetOf(input, language);
      const named = `${base}${language === 'zh' ? '' : '.en'}`;
      writeFileDurably(`${named}.html`, pageOf(sheet), 0o640);
      for (const format of ['xlsx', 'pdf'] as const) {
        const made = await makeFile(sheet, { format, signal });
        if (made.ok) writeFileDurably(`${named}.${format}`, made.value, 0o640);
        else unprinted = made.failure;
      }
    }
    return done({ unprinted });
  } catch (error) {
    return failed('report.write-failed', file, String(error));
  }
}
