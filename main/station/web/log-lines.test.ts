import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOG_NAME, logFiles, openLog } from '../log.ts';
import { readLog } from './log-lines.ts';

const unstopped = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-log-lines-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** A log as the station writes it. */
function written(write: (log: ReturnType<typeof openLog>['log']) => void): void {
  const { log, close } = openLog(folder);
  write(log);
  close();
}
const read = (search: string, limit = 200, cursor?: string) => readLog(folder, { search, limit, cursor }, unstopped);
const texts = async (search: string, limit = 200) => (await read(search, limit)).lines.map((line) => line.text);

test('the newest lines come first, and no more than asked for', async () => {
  expect(await texts('')).toEqual([]);
  written((log) => {
    for (const n of [1, 2, 3]) log.info(`line ${n}`);
  });
  expect(await texts('', 2)).toEqual(['line 3', 'line 2']);
});

test('a word is found in what a line says and in its details, in either case, quoted or Chinese', async () => {
  written((log) => {
    log.warn({ folder: '/mnt/Archive' }, 'An archive cannot be compared');
    log.error({ what: '移动硬盘' }, 'refused "this"');
    log.info('something else');
  });
  expect(await texts('ARCHIVE')).toEqual(['An archive cannot be compared']);
  expect(await texts('/mnt/a')).toEqual(['An archive cannot be compared']);
  expect(await texts('硬盘')).toEqual(['refused "this"']);
  expect(await texts('"this"')).toEqual(['refused "this"']);
  expect(await texts('"what":"移动')).toEqual(['refused "this"']);
  expect(await texts('nothing like it')).toEqual([]);
  expect((await read('硬盘', 1)).lines[0]).toMatchObject({ level: 'error', detail: '{"what":"移动硬盘"}' });
});

test('the machine and process that every line names are not searched', async () => {
  written((log) => log.info('started'));
  expect(fs.readFileSync(path.join(folder, LOG_NAME), 'utf8')).toContain(`"pid":${process.pid}`);
  expect(await texts(`"pid":${process.pid}`)).toEqual([]);
  expect(await texts('hostname')).toEqual([]);
});

test('a log that was turned over goes on in the one before it; what is no line of it is left out', async () => {
  written((log) => log.info('the older'));
  fs.renameSync(path.join(folder, LOG_NAME), path.join(folder, `${LOG_NAME}.1`));
  written((log) => log.info('the newer'));
  fs.appendFileSync(path.join(folder, LOG_NAME), 'the torn end of a li');
  expect(await texts('the')).toEqual(['the newer', 'the older']);
});

/** A log of five full files, every line of which carries its number; `odd` stands in the oldest. */
function fiveFiles(lines = 3000): number {
  const { log, close } = openLog(folder, 200_000);
  for (let n = 0; n < lines; n += 1) log.info({ n, filling: '证'.repeat(100) }, 'a line');
  close();
  expect(fs.readdirSync(folder).sort()).toEqual([...logFiles()].sort());
  const [oldest = ''] = fs.readFileSync(path.join(folder, logFiles().at(-1) ?? ''), 'utf8').split('\n');
  return JSON.parse(oldest).n;
}

test('every file that is kept is searched, to the oldest line, and it says how far back that was', async () => {
  const oldest = fiveFiles();
  const found = await read(`"n":${oldest},`);
  expect(found.lines.map((line) => JSON.parse(line.detail).n)).toEqual([oldest]);
  expect(found).toMatchObject({ next: null, searchedTo: found.lines[0]?.at });
  expect(await read('nothing like it')).toEqual({ lines: [], next: null, searchedTo: found.searchedTo });
});

test('page by page it is the whole log, each line once, also when it is turned over meanwhile', async () => {
  const oldest = fiveFiles();
  const numbers: number[] = [];
  let cursor: string | undefined;
  for (let page = 0; ; page += 1) {
    const { lines, next, searchedTo } = await read('', 333, cursor);
    numbers.push(...lines.map((line) => JSON.parse(line.detail).n));
    if (next === null) break;
    expect(searchedTo).toBe(lines.at(-1)?.at);
    cursor = next;
    // The oldest file goes; the others change their names.
    if (page === 0) for (const n of [3, 2, 1, 0]) fs.renameSync(path.join(folder, logFiles()[n] ?? ''), path.join(folder, logFiles()[n + 1] ?? ''));
  }
  expect(numbers.length).toBeGreaterThan(333);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => 2999 - n));
  expect(numbers.at(-1)).toBeGreaterThan(oldest);
  fs.rmSync(folder, { recursive: true });
  fs.mkdirSync(folder);
  expect(await read('', 10, cursor)).toEqual({ lines: [], next: null, searchedTo: null });
});

test('however long the log is, no more than a chunk of it is read at once', async () => {
  fiveFiles(9000);
  const { open } = fs.promises;
  let most = 0;
  fs.promises.open = async (...args) => {
    const handle = await open(...args);
    const bounded = handle.read.bind(handle) as (...of: unknown[]) => Promise<{ bytesRead: number }>;
    handle.read = (async (...of: unknown[]) => {
      most = Math.max(most, (of[0] as Buffer).length);
      return bounded(...of);
    }) as unknown as typeof handle.read;
    return handle;
  };
  await read('nothing like it');
  fs.promises.open = open;
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(256 * 1024);
});

test('whoever goes away while it is searched ends that', async () => {
  fiveFiles();
  const gone = new AbortController();
  gone.abort();
  expect(await readLog(folder, { search: '', limit: 10 }, gone.signal)).toMatchObject({ lines: [] });
});
