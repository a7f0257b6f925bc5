import { pipeline, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { failed, type Result } from '../contract/errors.ts';

/** One row of a list: where it stands in the file (1 is the first line) and its cells by column heading. */
export type TableRow = { row: number; cells: Record<string, string | string[]> };

const MAX_BYTES = 50 * 1024 * 1024;
const MAX_CELL = 2000;
/** Characters of a list read at once; others are served in between. */
const CHUNK = 64 * 1024;

/**
 * Reads a list that an office program or another system wrote: CSV (comma, semicolon or tab, with a heading line) or
 * JSON (an array of objects, or an object holding one). Text is UTF-8, or GB 18030 when it is not valid UTF-8. Fails as
 * a whole only when nothing of it can be read; what is wrong with a row is for the caller to say.
 */
export async function readTable(bytes: Uint8Array, name: string): Promise<Result<TableRow[]>> {
  if (bytes.length > MAX_BYTES) return failed('case.file-unreadable', name, `larger than ${MAX_BYTES} bytes`);
  const text = decode(bytes);
  if (text === null) return failed('case.file-unreadable', name, 'neither UTF-8 nor GB 18030');
  try {
    const rows = /^\s*[[{]/.test(text) ? fromJson(text) : await fromCsv(text);
    return { ok: true, value: rows };
  } catch (error) {
    return failed('case.file-unreadable', name, error instanceof Error ? error.message : String(error));
  }
}

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** Strict decoding only. A file that marks itself as UTF-8 is never read as anything else. */
function decode(bytes: Uint8Array): string | null {
  const marked = Buffer.from(bytes.subarray(0, 3)).equals(BYTE_ORDER_MARK);
  for (const encoding of marked ? ['utf-8'] : ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this one.
    }
  }
  return null;
}

async function fromCsv(text: string): Promise<TableRow[]> {
  const heading = text.slice(0, text.search(/\r?\n|$/));
  const delimiter = [',', ';', '\t'].reduce((best, one) => (heading.split(one).length > heading.split(best).length ? one : best));
  const parser = parse({
    delimiter,
    columns: (names: string[]) => names.map((name) => name.trim()),
    info: true,
    relax_column_count: true,
    // A quotation mark inside a cell is text: one such row must not cost the others.
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
  });
  const rows: TableRow[] = [];
  // An error of either is thrown by the loop.
  pipeline(Readable.from(chunksOf(text)), parser, () => undefined);
  for await (const { record, info } of parser as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
    rows.push({ row: info.lines, cells: limited(record) });
  }
  return rows;
}

async function* chunksOf(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += CHUNK) {
    yield text.slice(at, at + CHUNK);
    await setImmediate();
  }
}

function fromJson(text: string): TableRow[] {
  const parsed: unknown = JSON.parse(text);
  const list = Array.isArray(parsed) ? parsed : Object.values(parsed as object).find(Array.isArray);
  if (!Array.isArray(list)) throw new TypeError('holds no list');
  return list.map((record: unknown, n) => ({ row: n + 1, cells: limited(cellsOf(record)) }));
}

function cellsOf(record: unknown): Record<string, string | string[]> {
  if (record === null || typeof record !== 'object' || Array.isArray(record)) return {};
  return Object.fromEntries(
    Object.entries(record)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => [key, Array.isArray(value) ? value.map(String) : String(value)]),
  );
}

function limited(cells: Record<string, string | string[]>): Record<string, string | string[]> {
  const cut = (value: string) => value.toWellFormed().slice(0, MAX_CELL);
  return Object.fromEntries(Object.entries(cells).map(([key, value]) => [key, Array.isArray(value) ? value.map(cut) : cut(value)]));
}

/** The cell under the first of these headings (in lower case) that the list has; empty when it has none of them. */
export function cellOf(cells: TableRow['cells'], headings: readonly string[]): string {
  const key = Object.keys(cells).find((name) => headings.includes(name.trim().toLowerCase()));
  const value = key === undefined ? '' : cells[key];
  return (Array.isArray(value) ? value.join(' ') : (value ?? '')).trim();
}
