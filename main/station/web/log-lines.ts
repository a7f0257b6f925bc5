import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { LogLine, LogPage } from '../../contract/web/station.ts';
import { logFiles } from '../log.ts';

/** Bytes read at once. */
const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 10;

const PinoLine = z.looseObject({ level: z.number(), time: z.number(), msg: z.string().default('') });

type Asked = { search: string; limit: number; cursor?: string | undefined };

/**
 * Lines of the station's log that hold the searched text, newest first, out of every file that is kept. No more than a chunk and
 * a line is held at a time. `next` goes on before the last line given; it is null when the oldest line was looked at.
 */
export async function readLog(folder: string, { search, limit, cursor }: Asked, signal: AbortSignal): Promise<LogPage> {
  const isWanted = searchFor(search);
  const lines: LogLine[] = [];
  let oldest: string | null = null;
  for await (const { text, place } of linesOf(folder, cursor)) {
    // Whoever asked is gone: nobody hears what this comes to.
    if (signal.aborted) break;
    if (text === '') continue;
    oldest = text;
    const line = isWanted(text);
    if (line === null || lines.push(line) < limit) continue;
    return { lines, next: place, searchedTo: line.at };
  }
  return { lines, next: null, searchedTo: oldest === null ? null : (parseLine(oldest)?.at ?? null) };
}

/** Gives a written line back as people read it when it is one of the log and holds the words as they are shown. */
function searchFor(search: string): (text: string) => LogLine | null {
  const words = search.toLowerCase();
  // What a line says is written as JSON writes it; its details are shown as they are written.
  const written = JSON.stringify(words).slice(1, -1);
  return (text) => {
    const all = text.toLowerCase();
    // A line without them need not be parsed.
    if (!all.includes(words) && !all.includes(written)) return null;
    const line = parseLine(text);
    if (line === null) return null;
    // Process and machine stand in every line; nobody who looks for a word means those.
    const isShown = line.text.toLowerCase().includes(words) || [words, written].some((one) => line.detail.toLowerCase().includes(one));
    return isShown ? line : null;
  };
}

/** A line as it is written, and where it begins: a file, whatever it is called by now, and a place in it. */
type Written = { text: string; place: string };

/** Every line that is kept, newest first, or those before a place; nothing when its file is not kept any more. */
async function* linesOf(folder: string, before: string | undefined): AsyncGenerator<Written> {
  const [from, offset] = before?.split('-') ?? [];
  const read = new Set<string>();
  for (const name of logFiles()) {
    const handle = await fs.promises.open(path.join(folder, name), 'r').catch(() => null);
    if (handle === null) continue;
    try {
      const { ino, size } = await handle.stat();
      const file = String(ino);
      // A log that was turned over meanwhile shows the same file twice.
      if (read.has(file) || (from !== undefined && read.size === 0 && file !== from)) continue;
      read.add(file);
      yield* linesBefore(handle, file === from ? Math.min(Number(offset), size) : size, file);
    } finally {
      await handle.close();
    }
  }
}

async function* linesBefore(handle: fs.promises.FileHandle, end: number, file: string): AsyncGenerator<Written> {
  let rest: Buffer = Buffer.alloc(0);
  for (let from = end; from > 0; ) {
    const length = Math.min(CHUNK_BYTES, from);
    from -= length;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
    const bytes = Buffer.concat([buffer.subarray(0, bytesRead), rest]);
    let until = bytes.length;
    for (let at = bytes.lastIndexOf(NEWLINE); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1)) {
      yield { text: bytes.toString('utf8', at + 1, until), place: `${file}-${from + at + 1}` };
      until = at;
    }
    rest = bytes.subarray(0, until);
  }
  yield { text: rest.toString('utf8'), place: `${file}-0` };
}

/** A line as people read it; null for what is no log line. */
function parseLine(line: string): LogLine | null {
  try {
    const { level, time, msg, pid: _pid, hostname: _hostname, ...rest } = PinoLine.parse(JSON.parse(line));
    const detail = Object.keys(rest).length > 0 ? JSON.stringify(rest) : '';
    return { at: new Date(time).toISOString(), level: level >= 50 ? 'error' : level >= 40 ? 'warn' : 'info', text: msg, detail };
  } catch {
    return null;
  }
}
