import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog } from './log.ts';
import { readLog } from './web/log-lines.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-log-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

test('a log that is full is turned over; five files are kept, no line is cut, the newest are found across the turn', async () => {
  const { log, close } = openLog(folder, 2000);
  for (let n = 0; n < 200; n += 1) log.info({ n }, 'a line');
  close();
  const files = fs.readdirSync(folder).sort();
  expect(files).toEqual(['station.log', 'station.log.1', 'station.log.2', 'station.log.3', 'station.log.4']);
  for (const name of files) {
    const file = path.join(folder, name);
    expect(fs.statSync(file).size).toBeLessThanOrEqual(2000);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    for (const line of fs.readFileSync(file, 'utf8').trimEnd().split('\n')) JSON.parse(line);
  }
  const { lines } = await readLog(folder, { search: '', limit: 20 }, new AbortController().signal);
  expect(lines.map((line) => JSON.parse(line.detail).n)).toEqual(Array.from({ length: 20 }, (_, n) => 199 - n));
});

test('a station that starts again goes on in the same file', () => {
  for (const word of ['first', 'second']) {
    const { log, close } = openLog(folder);
    log.info(word);
    close();
  }
  const text = fs.readFileSync(path.join(folder, 'station.log'), 'utf8');
  expect(text).toMatch(/first[\s\S]*second/);
});

test('a line after the end, or on a disk that takes none, stops nobody', () => {
  const { log, close } = openLog(folder);
  close();
  log.error('too late');
  expect(fs.readFileSync(path.join(folder, 'station.log'), 'utf8')).toBe('');
});
