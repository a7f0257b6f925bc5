import type { ErrorCode, Failure } from '../../../main/contract/errors.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Differences about a bag name it `destination: station/year/month/recording`, and a damaged bag `destination: recording/file`. */
const BAG = new RegExp(`^[^:]+: ${UUID}/\\d{4}/\\d{2}/(${UUID})(?=:|$)`);
const BAG_FILE = new RegExp(`^[^:]+: (${UUID})/`);

/** The recording a difference is about; null when it names an item alone, or something the ledger does not know. */
export function recordingOf({ code, what }: Failure): string | null {
  if (code === 'archive.unexpected') return null;
  return what.match(code === 'archive.bag-damaged' ? BAG_FILE : BAG)?.[1] ?? null;
}

/** Which codes there are, most frequent first, with how many differences each has. */
export function countByCode(differences: readonly Failure[]): { code: ErrorCode; count: number }[] {
  const counts = new Map<ErrorCode, number>();
  for (const { code } of differences) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => ({ code, count })).sort((one, other) => other.count - one.count);
}

/**
 * Rows as CSV (RFC 4180) with a byte-order mark, so that spreadsheets read Chinese; a cell that a spreadsheet would run as
 * a formula begins with an apostrophe.
 */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
