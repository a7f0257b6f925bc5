import { done, failed, type Result } from '../contract/errors.ts';
import { writeFileDurably } from '../store/index.ts';
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
