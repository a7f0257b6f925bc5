import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { evidock } from '../../fixtures/e2e/evidock.ts';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { rebuildStation } from './index.ts';

let lab: StationLab;
beforeEach(async () => {
  lab = await openStationLab();
  await lab.ingest(lab.card('card', { 'one.mp4': 'first clip', 'two.mp4': 'second clip' }));
});
afterEach(async () => {
  await lab.close();
});

const verify = () => lab.client.station.verify({ full: true });

/** Changes the database as a stranger with a database tool would. */
function tamper(...statements: string[]): void {
  const db = new Database(lab.station.paths.database);
  for (const statement of statements) db.exec(statement);
  db.close();
}

test('a row changed behind the ledger is found by its table, and rebuilding puts it right', async () => {
  tamper("UPDATE items SET sha256 = 'f' || substr(sha256, 2) WHERE sha256 NOT LIKE 'f%'");
  expect((await verify()).violations).toContainEqual(expect.objectContaining({ code: 'projection.differs', what: 'items' }));
  await lab.stop();
  const rebuilt = rebuildStation(lab.data);
  if (!rebuilt.ok) throw new Error(rebuilt.failure.code);
  expect(rebuilt.value.tables.filter((table) => table.same === false).map((table) => table.table)).toEqual(['items']);
  await lab.start();
  expect(await verify()).toMatchObject({ violations: [], warnings: [] });
});

test('an entry rewritten in the database breaks the chain, and the entry is named', async () => {
  const [{ seq }] = lab.station.ledger.reader.prepare("SELECT seq FROM entries WHERE type = 'docking.proven'").all() as [{ seq: number }];
  tamper('DROP TRIGGER entries_no_update', `UPDATE entries SET canonical = replace(canonical, '"failed":0', '"failed":1') WHERE seq = ${seq}`);
  expect((await verify()).violations).toContainEqual(
    expect.objectContaining({ code: 'ledger.chain-broken', what: `entry ${seq}`, detail: 'hash differs' }),
  );
});

test('a station whose open segment is another one does not start, and changes nothing', async () => {
  const open = path.join(lab.station.paths.ledger, 'open.jsonl');
  await lab.stop();
  const [first, second, ...rest] = fs.readFileSync(open, 'utf8').split('\n');
  const other = await openStationLab();
  const foreign = path.join(other.station.paths.ledger, 'open.jsonl');
  await other.stop();
  const [, theirs] = fs.readFileSync(foreign, 'utf8').split('\n');
  await other.close();
  const forged = [first, theirs, ...rest].join('\n');
  fs.writeFileSync(open, forged);
  expect(await lab.open()).toMatchObject({ ok: false, failure: { code: 'ledger.chain-broken', what: 'entry 2' } });
  expect(fs.readFileSync(open, 'utf8')).toBe(forged);
  fs.writeFileSync(open, [first, second, ...rest].join('\n'));
  await lab.start();
  expect((await verify()).violations).toEqual([]);
});

test('a folder in the vault that the ledger does not know is reported and left where it is', async () => {
  const { vault } = lab.station;
  const [known] = [...vault.listItems()];
  if (!known) throw new Error('nothing was stored');
  expect(await verify()).toMatchObject({ items: 2, bytesRead: 21, violations: [], warnings: [] });
  const planted = vault.itemFolder(uuidv7());
  fs.cpSync(known.folder, planted, { recursive: true });
  expect(await verify()).toMatchObject({ violations: [], warnings: [{ code: 'vault.unexpected', what: path.basename(planted) }] });
  expect(fs.existsSync(planted)).toBe(true);
});

test('a damaged page of the database is found, also one that nothing has read, and rebuilding puts it right', async () => {
  const { database, ledger } = lab.station.paths;
  await lab.stop();
  const db = new Database(database);
  db.pragma('wal_checkpoint(TRUNCATE)');
  const page = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'entries_by_type'").pluck().get() as number;
  const { page_size: pageBytes } = (db.pragma('page_size') as [{ page_size: number }])[0];
  db.close();
  const bytes = fs.readFileSync(database);
  for (let at = (page - 1) * pageBytes; at < page * pageBytes; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  fs.writeFileSync(database, bytes);
  const ran = await evidock('verify', '--data', lab.data, '--json');
  expect(ran.code).toBe(3);
  expect(ran.stdout).toContain('database.damaged');
  // Nothing more is written into it, not even that it was checked.
  expect(fs.readFileSync(path.join(ledger, 'open.jsonl'), 'utf8')).not.toMatch(/run\.ended|verification\.done/);
  expect(rebuildStation(lab.data)).toMatchObject({ ok: true });
  await lab.start();
  expect(await verify()).toMatchObject({ items: 2, violations: [], warnings: [] });
});
