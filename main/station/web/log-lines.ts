import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { LogLine } from '../../contract/web/station.ts';
import { LOG_NAME } from '../log.ts';

/** Bytes looked at from the end of the log; older lines are in the file. */
const MAX_READ = 4 * 1024 * 1024;

const PinoLine = z.looseObject({ level: z.number(), time: z.number(), msg: z.string().default('') });

/** The newest lines of the station's log that hold the searched text, newest first. */
export async function readLog(folder: string, query: { search: string; limit: number }): Promise<LogLine[]> {
  const file = path.join(folder, LOG_NAME);
  // A log that has just been turned over is short; the one before it goes on where it begins.
  const text = `${await tailOf(`${file}.1`)}${await tailOf(file)}`;
  const word = query.search.toLowerCase();
  // As it stands in a line of JSON, so that a line without it need not be parsed.
  const written = JSON.stringify(word).slice(1, -1);
  const found: LogLine[] = [];
  for (const line of text.split('\n').reverse()) {
    if (found.length === query.limit) break;
    if (!line.toLowerCase().includes(written)) continue;
    // Process and machine stand in every line; nobody who looks for a word means those.
    found.push(
      ...parseLine(line).filter((one) => `${one.text}\n${one.detail}`.toLowerCase().includes(written) || one.text.toLowerCase().includes(word)),
    );
  }
  return found;
}

async function tailOf(file: string): Promise<string> {
  if (!fs.existsSync(file)) return '';
  const handle = await fs.promises.open(file, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, MAX_READ);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const text = buffer.toString('utf8');
    return length < size ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    await handle.close();
  }
}

/** A line as people read it; one that is no log line is left out. */
function parseLine(line: string): LogLine[] {
  try {
    const { level, time, msg, pid: _pid, hostname: _hostname, ...rest } = PinoLine.parse(JSON.parse(line));
    const detail = Object.keys(rest).length > 0 ? JSON.stringify(rest) : '';
    return [{ at: new Date(time).toISOString(), level: level >= 50 ? 'error' : level >= 40 ? 'warn' : 'info', text: msg, detail }];
  } catch {
    return [];
  }
}
