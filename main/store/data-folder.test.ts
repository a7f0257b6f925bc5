import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { currentOwner, lockDataFolder, openDatabase, openDataFolder, openWorkingState } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-store-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function made() {
  const opened = openDataFolder(folder, { create: true });
  if (!opened.ok) throw new Error(opened.failure.code);
  return opened.value;
}

test('a folder that holds no station is missing, and reading makes none', () => {
  const none = path.join(folder, 'none');
  expect(openDataFolder(none, { create: false })).toMatchObject({ ok: false, failure: { code: 'data-folder.missing', what: none } });
  expect(fs.existsSync(none)).toBe(false);
});

test('a folder with something else in it is never taken over', () => {
  fs.writeFileSync(path.join(folder, 'thesis.doc'), 'mine');
  expect(openDataFolder(folder, { create: true })).toMatchObject({ ok: false, failure: { code: 'data-folder.missing' } });
  expect(fs.readdirSync(folder)).toEqual(['thesis.doc']);
});

test('a folder of a newer program is refused and not touched', () => {
  const { paths } = made();
  const newer = JSON.stringify({ ...JSON.parse(fs.readFileSync(paths.stationFile, 'utf8')), format: 2, more: 'unknown here' });
  fs.writeFileSync(paths.stationFile, newer);
  expect(openDataFolder(folder, { create: true })).toMatchObject({ ok: false, failure: { code: 'data-folder.newer' } });
  expect(fs.readFileSync(paths.stationFile, 'utf8')).toBe(newer);
});

test('a database of a newer program is refused and not touched', () => {
  const { paths } = made();
  const first = openDatabase(paths.database);
  if (!first.ok) throw new Error(first.failure.code);
  first.value.pragma('user_version = 9990');
  first.value.close();
  expect(openDatabase(paths.database)).toMatchObject({ ok: false, failure: { code: 'data-folder.newer', detail: expect.stringContaining('9990') } });
});

test.each(['', '{"format":1', '{"format":1,"stationId":"../../etc"}'])(
  'a station.json that says %j is damaged, and no new station is made over it',
  (text) => {
    const { paths } = made();
    fs.writeFileSync(paths.stationFile, text);
    expect(openDataFolder(folder, { create: true })).toMatchObject({ ok: false, failure: { code: 'data-folder.damaged', what: paths.stationFile } });
    expect(fs.readFileSync(paths.stationFile, 'utf8')).toBe(text);
  },
);

test('a database that is none is damaged, and is left for a rebuild', () => {
  const { paths } = made();
  fs.writeFileSync(paths.database, 'this is not a database, whatever its name says');
  expect(openDatabase(paths.database)).toMatchObject({ ok: false, failure: { code: 'database.damaged', what: paths.database } });
  expect(fs.readFileSync(paths.database, 'utf8')).toContain('not a database');
});

test('working state that is damaged is begun anew', () => {
  const { paths } = made();
  fs.writeFileSync(paths.workingState, 'this is not a database, whatever its name says');
  const work = openWorkingState(paths.workingState);
  expect(work.prepare('SELECT count(*) AS n FROM plan_files').get()).toEqual({ n: 0 });
  work.close();
});

test('a folder that is held is refused with who holds it, and free the moment it is released', () => {
  const { paths } = made();
  const first = lockDataFolder(paths, 'station', '2026-03-02T06:03:12.000Z');
  if (!first.ok) throw new Error(first.failure.code);
  const second = lockDataFolder(paths, 'command', '2026-03-02T06:03:13.000Z');
  expect(second).toMatchObject({ ok: false, failure: { code: 'data-folder.held', what: expect.stringContaining(`pid ${process.pid} `) } });
  expect(currentOwner(paths)).toMatchObject({ purpose: 'station', since: '2026-03-02T06:03:12.000Z' });
  first.value.release();
  expect(currentOwner(paths)).toBeNull();
  const third = lockDataFolder(paths, 'command', '2026-03-02T06:03:14.000Z');
  expect(third).toMatchObject({ ok: true, value: { formerExitClean: true } });
  if (third.ok) third.value.release();
});
