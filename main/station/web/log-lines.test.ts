import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOG_NAME, openLog } from '../log.ts';
import { readLog } from './log-lines.ts';

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
const texts = async (search: string, limit = 200) => (await readLog(folder, { search, limit })).map((line) => line.text);

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
  expect(await texts('nothing like it')).toEqual([]);
  expect((await readLog(folder, { search: '硬盘', limit: 1 }))[0]).toMatchObject({ level: 'error', detail: '{"what":"移动硬盘"}' });
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
