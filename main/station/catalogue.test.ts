import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { DAY_TABLES, FILES_TABLE, STATION_TABLE, WAITING_TABLE } from '../archive/catalogue/tables.ts';
import { writeCatalogues } from '../archive/index.ts';

let lab: StationLab;
/** An archive apart from the data folder, as a network share is. */
let nas: string;
beforeEach(async () => {
  lab = await openStationLab();
  nas = path.join(lab.folder, 'nas');
  await lab.client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  const list = (text: string) => ({ name: 'list.csv', contentBase64: Buffer.from(text).toString('base64') });
  expect(await lab.client.evidence.importPeople(list('number,name\n7001,王五\n'))).toMatchObject({ imported: 1 });
  expect(await lab.client.evidence.importCases(list('number,title,kind,place,officers\n2026-17,听证,hearing,会议室,7001\n'))).toMatchObject({
    imported: 1,
  });
  await ingest('card');
  await lab.client.archive.forward({ to: 'nas' });
});
afterEach(async () => {
  await lab.close();
});

async function ingest(card: string): Promise<void> {
  await lab.ingest(
    lab.card(card, { 'DCIM/one.mp4': `first clip of ${card}`, 'DCIM/two.mp4': `second clip of ${card}`, 'log.txt': `log of ${card}` }),
  );
  await lab.station.idle();
}
async function write() {
  const written = await lab.client.archive.writeCatalogue({ to: 'nas' });
  if (!written.ok) throw new Error(JSON.stringify(written.failure));
  return written.value[0];
}
const files = () => fs.globSync('catalogue/**/*.parquet', { cwd: nas }).sort();
const tablesOf = (names: readonly string[]) => [...new Set(names.map((name) => name.split('/')[1]))].sort();
const contents = () => new Map(files().map((file) => [file, fs.readFileSync(path.join(nas, file)).toString('base64')]));
const changed = (before: Map<string, string>) => [...contents()].filter(([file, text]) => before.get(file) !== text).map(([file]) => file);

async function query(text: string): Promise<Record<string, unknown>[]> {
  const { openEngine } = await import('../archive/catalogue/duckdb.ts');
  const engine = await openEngine({ memoryMb: 200, threads: 1, spill: path.join(lab.folder, 'spill') });
  const result = await engine.runAndReadAll(text.replaceAll('ARCHIVE', nas));
  const rows = result.getRowObjectsJson();
  engine.closeSync();
  return rows;
}
const rowsOf = (table: string, columns: string, order: string) =>
  query(`SELECT ${columns} FROM read_parquet('ARCHIVE/catalogue/${table}/**/*.parquet', hive_partitioning = true) ORDER BY ${order}`);
const here = (text: string) => lab.station.ledger.reader.prepare(text).all();

test('the tables at an archive hold what the station holds, and the station itself loads no engine for it', async () => {
  await write();
  expect(fs.readFileSync('/proc/self/maps', 'utf8')).not.toContain('libduckdb');
  const text = { 'size_bytes::INTEGER AS size_bytes': 'size_bytes' };
  const [cast] = Object.keys(text);
  expect(await rowsOf('items', `item_id, sha256, sm3, camera_id, docking_id, ${cast}`, 'item_id')).toEqual(
    here('SELECT item_id, sha256, sm3, camera_id, docking_id, size_bytes FROM items ORDER BY item_id'),
  );
  expect(await rowsOf('recordings', 'unit_id, kind, camera_id, deadline, clips::INTEGER AS clips', 'unit_id')).toEqual(
    here('SELECT unit_id, u.kind, u.camera_id, d.outcome AS deadline, clips FROM units u LEFT JOIN deadlines d USING (unit_id) ORDER BY unit_id'),
  );
  expect(await rowsOf('receipts', 'item_id, destination_id, sha256', 'item_id')).toEqual(
    here('SELECT item_id, destination_id, sha256 FROM receipt_items ORDER BY item_id'),
  );
  expect(await rowsOf('dockings', 'docking_id, stored::INTEGER AS stored, safe', 'docking_id')).toEqual(
    here('SELECT docking_id, stored, safe FROM dockings').map((row) => ({ ...(row as object), safe: true })),
  );
  const { stationId, stationCode } = lab.station.identity;
  expect(await rowsOf('stations', 'station, station_code, items::INTEGER AS items, waiting::INTEGER AS waiting', '1')).toEqual([
    { station: stationId, station_code: stationCode, items: 3, waiting: 0 },
  ]);
  expect(await rowsOf('items', 'DISTINCT station, day', '1')).toEqual([{ station: stationId, day: new Date().toISOString().slice(0, 10) }]);
});

test('the list of files names every other file with its hash', async () => {
  await write();
  const listed = await query(
    "SELECT key, f.sha256 = sha256(content) AS same FROM read_parquet('ARCHIVE/catalogue/files/*/*.parquet') f JOIN read_blob('ARCHIVE/catalogue/**/*.parquet') b ON b.filename = 'ARCHIVE/' || key ORDER BY key",
  );
  expect(listed).toEqual(
    files()
      .filter((file) => !file.includes('/files/'))
      .map((key) => ({ key, same: true })),
  );
});

test('written again without anything new, only the station says so; after a link, the links of that day', async () => {
  await write();
  let before = contents();
  await write();
  expect(tablesOf(changed(before))).toEqual(['files', 'stations']);
  const [{ unit_id: recording }] = here("SELECT unit_id FROM units WHERE kind = 'recording'") as [{ unit_id: string }];
  before = contents();
  await lab.client.evidence.link({ recording, caseNumber: '2026-17', stage: null });
  await write();
  expect(tablesOf(changed(before))).toEqual(['files', 'links', 'stations']);
  expect(await rowsOf('links', 'unit_id', '1')).toEqual([{ unit_id: recording }]);
  before = contents();
  await ingest('another card');
  await write();
  expect(tablesOf(changed(before))).toEqual(['dockings', 'files', 'items', 'recordings', 'stations', 'waiting']);
  expect(await rowsOf('waiting', 'unit_id', '1')).toEqual(
    here("SELECT unit_id FROM forward_queue JOIN destinations d ON d.id = destination_id WHERE d.name = 'nas' ORDER BY 1"),
  );
});

test('no name of a person, a case or a file is in it', async () => {
  const [{ unit_id: recording }] = here("SELECT unit_id FROM units WHERE kind = 'recording'") as [{ unit_id: string }];
  await lab.client.evidence.link({ recording, caseNumber: '2026-17', stage: null });
  await write();
  const everything = JSON.stringify(
    await Promise.all(files().map((file) => query(`SELECT * FROM read_parquet('ARCHIVE/${file}', hive_partitioning = false)`))),
  );
  expect(everything).toContain(recording);
  // Digits of an id or a hash are no name.
  for (const name of ['王五', '7001', '2026-17', '听证', '会议室', 'one.mp4', 'DCIM', 'card'])
    expect(everything).not.toMatch(new RegExp(`(?<![0-9a-f])${name}(?![0-9a-f])`));
});

test('cut off in the middle it goes on with what is still to be written, and half a file is never in place', async () => {
  await write();
  const before = contents();
  await ingest('another card');
  const [blocked] = files().filter((file) => file.includes('/items/'));
  // A folder stands where the new file has to be written first.
  fs.mkdirSync(path.join(nas, `${blocked}.incoming`));
  expect(await lab.client.archive.writeCatalogue({ to: 'nas' })).toMatchObject({ ok: false, failure: { code: 'destination.write-failed' } });
  expect(tablesOf(changed(before))).toEqual(['recordings']);
  fs.rmdirSync(path.join(nas, `${blocked}.incoming`));
  await write();
  expect(tablesOf(changed(before))).toEqual(['dockings', 'files', 'items', 'recordings', 'stations', 'waiting']);
  expect(await rowsOf('items', 'item_id', '1')).toEqual(here('SELECT item_id FROM items ORDER BY 1'));
});

test('an archive that lost its catalogue gets all of it again', async () => {
  await write();
  const before = files();
  fs.rmSync(path.join(nas, 'catalogue'), { recursive: true });
  await write();
  expect(files()).toEqual(before);
});

test('a database that cannot be read fails the catalogue and nothing else', async () => {
  const context = { ...lab.station.stages.catalogue, database: path.join(lab.folder, 'none.db') };
  expect(await writeCatalogues(context, 'nas')).toMatchObject({ ok: false, failure: { code: 'catalogue.failed', what: 'write' } });
  expect(files()).toEqual([]);
  await write();
});

const guide = fs.readFileSync(path.join(import.meta.dirname, '../archive/CATALOGUE.md'), 'utf8');

test('the guide names every column of every table', () => {
  for (const { name, columns } of [...DAY_TABLES, WAITING_TABLE, STATION_TABLE, FILES_TABLE]) {
    const line = guide.split('\n').find((one) => one.startsWith(`| \`${name}\``)) ?? '';
    const named = [...(line.split('|')[3]?.matchAll(/`([a-z0-9_]+)`/g) ?? [])].map((match) => match[1]);
    expect(
      named.filter((one) => one && one in columns),
      name,
    ).toEqual(Object.keys(columns));
  }
});

test('the examples of the guide for DuckDB run and answer', async () => {
  await write();
  const examples = [...guide.matchAll(/```sql\n([\s\S]*?)```/g)].map((match) => match[1] as string);
  expect(examples).toHaveLength(3);
  const [held, late, stations] = await Promise.all(examples.map(query));
  expect(held).toMatchObject([{ station: lab.station.identity.stationId, items: '3', unconfirmed: '0' }]);
  expect(late).toEqual([]);
  expect(stations).toMatchObject([{ station_code: lab.station.identity.stationCode, waiting: '0', waiting_since: null }]);
});

test('a running station keeps it up to date by itself', async () => {
  await lab.stop();
  const running = await openStationLab({ purpose: 'station' });
  await running.client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  await running.ingest(running.card('card', { 'DCIM/one.mp4': 'clip' }));
  await running.station.idle();
  expect(tablesOf(files())).toEqual(['dockings', 'files', 'items', 'receipts', 'recordings', 'stations']);
  await running.close();
});
