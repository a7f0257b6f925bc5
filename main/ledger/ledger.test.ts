import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anyDraft } from '../../fixtures/history.ts';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import { type Draft, ENTRY_BODIES } from '../contract/entries/index.ts';
import { PROJECTIONS } from '../station/projections.ts';
import { openDatabase } from '../store/index.ts';
import {
  listSealed,
  merkleTree,
  OPEN_SEGMENT,
  readSealed,
  rebuildDatabase,
  rebuildInto,
  tableDigests,
  verifyInclusion,
  verifyLedger,
} from './index.ts';
import { writeSealed } from './segments.ts';
import { openStationKey } from './station-key.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await openLab();
});
afterEach(async () => {
  await lab.close();
});

const actor = { kind: 'system' as const, id: 'test' };
const at = '2026-03-02T06:03:12.000Z';
const set = (value: string): Draft => ({ type: 'policy.set', subject: { kind: 'policy', id: 'clear' }, actor, at, body: { key: 'clear', value } });

/** One reason of many: chance alone would leave its table empty. */
const wrongPassword: Draft = {
  type: 'docking.refused',
  subject: { kind: 'docking', id: '01a20c7f-f471-7727-97c3-000000000000' },
  actor,
  at,
  body: { port: 1, reason: 'camera.password-wrong', serial: null, device: { vendorId: '4255', productId: '0001', serial: null, volumes: [] } },
};

const number = (text: string) => (lab.ledger.reader.prepare(`SELECT (${text}) AS n`).get() as { n: number | null }).n ?? 0;
const total = (table: string, what: string, counted: string) => ({ total: `SELECT n FROM ${table} WHERE what = '${what}'`, counted });
const count = (table: string, where = 'true') => `SELECT count(*) FROM ${table} WHERE ${where}`;
const forDestinations = (column: string, counted: string) => ({ total: `SELECT sum(${column}) FROM destination_totals`, counted });
/** What the projections keep of how many there are, and how to count the same. */
const TOTALS = [
  total('ingest_totals', 'items', count('items')),
  total('ingest_totals', 'bytes', 'SELECT sum(size_bytes) FROM items'),
  { total: "SELECT sum(n) FROM ingest_totals WHERE what LIKE 'items of %'", counted: count('items') },
  total('ingest_totals', 'refused', count('refusals')),
  total('ingest_totals', 'cleared', count('clears', "state = 'done'")),
  total('media_totals', 'damaged', count('probes', "outcome = 'damaged'")),
  ...['poster', 'proxy'].map((kind) => total('media_totals', kind, count('derivatives', `kind = '${kind}'`))),
  ...['recording', 'loose', 'docking'].map((kind) => total('media_totals', kind, count('units', `kind = '${kind}'`))),
  total('evidence_totals', 'linked', count('unit_links')),
  total('evidence_totals', 'suggested', count('link_suggestions', 'unit_id NOT IN (SELECT unit_id FROM unit_links)')),
  ...['on-time', 'late', 'undetermined'].map((kind) => total('evidence_totals', kind, count('deadlines', `outcome = '${kind}'`))),
  total('archive_totals', 'confirmed', 'SELECT count(DISTINCT item_id) FROM receipt_items'),
  total('archive_totals', 'freed', count('freed_items', "state = 'done'")),
  forDestinations('waiting', count('forward_queue')),
  forDestinations('receipts', count('receipts')),
  forDestinations('items', count('receipt_items')),
];

test('whatever happened, replaying the ledger gives the rows that were there, and the totals are what there is to count', async () => {
  const taken = new Set<string>();
  const filled = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(anyDraft, { minLength: 20, maxLength: 40 }), async (history) => {
      for (const draft of [...history, wrongPassword]) {
        // What reducers can not take, as a second storing of one item, is refused and leaves nothing.
        const refused = await lab.ledger.append([draft]).then(() => null, String);
        if (refused === null) taken.add(draft.type);
        else expect(refused).toContain('internal.bug');
      }
      const replayed = rebuildInto(lab.ledger.reader, PROJECTIONS);
      const digests = tableDigests(lab.ledger.reader, PROJECTIONS);
      expect(tableDigests(replayed, PROJECTIONS)).toEqual(digests);
      replayed.close();
      for (const [table, { rows }] of Object.entries(digests)) if (rows > 0) filled.add(table);
      for (const { total, counted } of TOTALS) expect([counted, number(total)]).toEqual([counted, number(counted)]);
    }),
    { numRuns: 40 },
  );
  const tables = PROJECTIONS.flatMap((projection) => projection.tables.map((table) => table.name));
  expect(Object.keys(ENTRY_BODIES).filter((type) => !taken.has(type))).toEqual([]);
  expect(tables.filter((table) => !filled.has(table))).toEqual([]);
});

test('the database comes back from the segments alone, row for row, when its file is gone', async () => {
  await lab.ledger.append([set('never'), set('after-stored')]);
  await lab.ledger.seal();
  await lab.ledger.append([set('never')]);
  const before = tableDigests(lab.ledger.reader, PROJECTIONS);
  await lab.ledger.close();
  for (const suffix of ['', '-wal', '-shm']) fs.rmSync(lab.paths.database + suffix, { force: true });
  expect(rebuildDatabase(lab.paths, PROJECTIONS)).toMatchObject({ ok: true, value: { entries: 3 } });
  const opened = openDatabase(lab.paths.database);
  if (!opened.ok) throw new Error(opened.failure.code);
  expect(tableDigests(opened.value, PROJECTIONS)).toEqual(before);
  opened.value.close();
  lab = await openLab(lab.folder);
});

test('a projection of another version is made anew at start, and only that one', async () => {
  await lab.ledger.append([set('never')]);
  const before = tableDigests(lab.ledger.reader, PROJECTIONS);
  await lab.ledger.close();
  const opened = openDatabase(lab.paths.database);
  if (!opened.ok) throw new Error(opened.failure.code);
  opened.value.exec("UPDATE projections SET version = 0 WHERE name = 'policy'; ALTER TABLE policy RENAME COLUMN value TO former");
  opened.value.close();
  lab.work.close();
  lab = await openLab(lab.folder);
  expect(lab.ledger.opened.replayed).toEqual(['policy']);
  expect(tableDigests(lab.ledger.reader, PROJECTIONS)).toEqual(before);
  await lab.ledger.close();
  lab.work.close();
  lab = await openLab(lab.folder);
  expect(lab.ledger.opened.replayed).toEqual([]);
});

test('nothing on the ledger can be changed or taken away', async () => {
  await lab.ledger.append([set('never')]);
  const opened = openDatabase(lab.paths.database);
  if (!opened.ok) throw new Error(opened.failure.code);
  expect(() => opened.value.exec("UPDATE entries SET type = 'x'")).toThrow('append-only');
  expect(() => opened.value.exec('DELETE FROM entries')).toThrow('append-only');
  opened.value.close();
});

test('a line that somebody took out of the middle is missed by the check, and comes back from the database at the next start', async () => {
  await lab.ledger.append(Array.from({ length: 4 }, () => set('never')));
  const open = path.join(lab.paths.ledger, OPEN_SEGMENT);
  const lines = fs.readFileSync(open, 'utf8').split('\n');
  fs.writeFileSync(open, lines.filter((_, n) => n !== 1).join('\n'));
  expect(verifyLedger(lab.paths.ledger, lab.ledger.reader).violations).toMatchObject([
    { code: 'ledger.segment-damaged', detail: 'entry 2 is missing' },
  ]);
  await lab.ledger.close();
  lab.work.close();
  lab = await openLab(lab.folder);
  expect(lab.ledger.opened.settlement).toMatchObject({ rewritten: 1, rolledForward: 0 });
  expect(verifyLedger(lab.paths.ledger, lab.ledger.reader)).toMatchObject({ entries: 4, violations: [] });
});

test('a torn last line is cut, and whole lines that the database lacks are rolled forward', async () => {
  await lab.ledger.append([set('never')]);
  await lab.ledger.append([set('after-stored')]);
  await lab.ledger.close();
  for (const suffix of ['', '-wal', '-shm']) fs.rmSync(lab.paths.database + suffix, { force: true });
  fs.appendFileSync(path.join(lab.paths.ledger, OPEN_SEGMENT), '{"entry":{"act');
  lab = await openLab(lab.folder);
  expect(lab.ledger.opened.settlement).toEqual({ cutBytes: 14, rolledForward: 2, rewritten: 0 });
  expect(verifyLedger(lab.paths.ledger, lab.ledger.reader)).toMatchObject({ entries: 2, violations: [] });
});

/** Puts zeros where a sector of the last lines did not reach the disk. */
function makeHole(file: string, at: number): void {
  const fd = fs.openSync(file, 'r+');
  fs.writeSync(fd, Buffer.alloc(40), 0, 40, at);
  fs.closeSync(fd);
}

test('a hole that a power cut left in a group that was never flushed is cut there; one in what was committed is damage', async () => {
  await lab.ledger.append([set('never')]);
  const open = path.join(lab.paths.ledger, OPEN_SEGMENT);
  const { size } = fs.statSync(open);
  const database = fs.readFileSync(lab.paths.database);
  const log = fs.readFileSync(`${lab.paths.database}-wal`);
  await lab.ledger.append([set('after-stored'), set('never'), set('after-stored')]);
  await lab.ledger.close();
  const length = (fs.statSync(open).size - size) / 3;
  makeHole(open, Math.round(size + 1.5 * length));
  const refused = await openLab(lab.folder).then(() => null, String);
  expect(refused).toContain('ledger.segment-damaged');

  // The database as it was before the group: the power went before its commit.
  fs.writeFileSync(lab.paths.database, database);
  fs.writeFileSync(`${lab.paths.database}-wal`, log);
  fs.rmSync(`${lab.paths.database}-shm`, { force: true });
  lab = await openLab(lab.folder);
  expect(lab.ledger.opened.settlement).toMatchObject({ rolledForward: 1, rewritten: 0 });
  expect(lab.ledger.opened.settlement.cutBytes).toBeGreaterThan(length);
  await lab.ledger.append([set('never')]);
  expect(verifyLedger(lab.paths.ledger, lab.ledger.reader)).toMatchObject({ entries: 3, violations: [] });
  await lab.ledger.close();

  // A database that was lost can not tell a hole that nobody was told of from one in what it knew.
  makeHole(open, Math.round(size + 1.5 * length));
  expect(rebuildWithoutDatabase()).toMatchObject({ ok: false, failure: { code: 'ledger.segment-damaged' } });
  lab = await openLab();
});

test('entries that only the database has are written back to the open segment', async () => {
  await lab.ledger.append([set('never'), set('after-stored')]);
  await lab.ledger.close();
  const open = path.join(lab.paths.ledger, OPEN_SEGMENT);
  const [first] = fs.readFileSync(open, 'utf8').split('\n');
  fs.writeFileSync(open, `${first}\n`);
  lab = await openLab(lab.folder);
  expect(lab.ledger.opened.settlement.rewritten).toBe(1);
  expect(verifyLedger(lab.paths.ledger, lab.ledger.reader).violations).toEqual([]);
});

test('a changed byte in a sealed segment is found and named', async () => {
  await lab.ledger.append([set('never'), set('after-stored')]);
  const sealed = await lab.ledger.seal();
  if (!sealed) throw new Error('nothing was sealed');
  fs.chmodSync(sealed.file, 0o600);
  fs.writeFileSync(sealed.file, fs.readFileSync(sealed.file, 'utf8').replace('after-stored', 'after-storeD'));
  expect(verifyLedger(lab.paths.ledger, lab.ledger.reader).violations).toMatchObject([{ code: 'ledger.segment-damaged' }]);
});

test('a segment forged with another key is found, however consistent it is in itself', async () => {
  const opened: Draft = {
    type: 'ledger.opened',
    subject: { kind: 'station', id: lab.identity.stationId },
    actor,
    at,
    body: { ...lab.identity, publicKey: lab.ledger.publicKey },
  };
  await lab.ledger.append([opened, set('never')]);
  await lab.ledger.seal();
  await lab.ledger.append([set('after-stored')]);
  const sealed = await lab.ledger.seal();
  if (!sealed) throw new Error('nothing was sealed');
  const read = readSealed(sealed, null);
  if (!read.ok) throw new Error(read.failure.detail);
  fs.rmSync(sealed.file);
  writeSealed(lab.paths.ledger, lab.identity.stationId, read.value.entries, openStationKey(path.join(lab.folder, 'forger.pem'), false));
  expect(verifyLedger(lab.paths.ledger, lab.ledger.reader).violations).toMatchObject([
    { code: 'ledger.segment-damaged', detail: 'signed with a key that this ledger did not announce' },
  ]);
  await lab.ledger.close();
  expect(rebuildWithoutDatabase()).toMatchObject({ ok: false, failure: { code: 'ledger.segment-damaged' } });
  fs.rmSync(sealed.file);
  lab = await openLab(lab.folder);
});

function rebuildWithoutDatabase() {
  for (const suffix of ['', '-wal', '-shm']) fs.rmSync(lab.paths.database + suffix, { force: true });
  return rebuildDatabase(lab.paths, PROJECTIONS);
}

test('doing the same work again after a stop changes nothing', async () => {
  const draft = { ...set('never'), cause: { consumer: 'test', seq: 1, step: 'done' } } as Draft;
  const [first] = await lab.ledger.append([draft]);
  const [again] = await lab.ledger.append([draft]);
  expect(again).toEqual(first);
});

test('an entry that a reducer cannot take is refused before it is anywhere, and the ledger goes on', async () => {
  const close = (unit: string): Draft => ({
    type: 'unit.closed',
    subject: { kind: 'unit', id: unit },
    refs: [
      { kind: 'camera', id: 'c', role: 'camera' },
      { kind: 'docking', id: 'd', role: 'docking' },
    ],
    actor,
    at,
    body: {
      kind: 'loose',
      items: [{ itemId: 'i', role: 'loose', damaged: false, durationMs: null }],
      start: null,
      durationMs: null,
      continues: null,
    },
  });
  await lab.ledger.append([close('one')]);
  await expect(lab.ledger.append([close('two')])).rejects.toThrow('UNIQUE');
  await lab.ledger.append([set('never')]);
  await lab.ledger.close();
  lab = await openLab(lab.folder);
  expect(verifyLedger(lab.paths.ledger, lab.ledger.reader)).toMatchObject({ entries: 2, violations: [] });
});

test('an entry with a number that is no whole number is refused', async () => {
  const unlawful = { type: 'policy.set', subject: { kind: 'policy', id: 'x' }, actor, at, body: { key: 'clear', value: 0.5 } } as Draft;
  await expect(lab.ledger.append([unlawful])).rejects.toThrow();
});

test('each entry of a sealed segment is proven by its audit path', async () => {
  await lab.ledger.append(Array.from({ length: 13 }, () => set('never')));
  await lab.ledger.seal();
  const [segment] = listSealed(lab.paths.ledger);
  const read = segment && readSealed(segment, null);
  if (!read?.ok) throw new Error('no segment');
  const hashes = read.value.entries.map((entry) => entry.hash);
  const tree = merkleTree(hashes);
  for (const [n, hash] of hashes.entries()) {
    expect(verifyInclusion(hash, n, hashes.length, tree.path(n), read.value.closing.merkleRoot)).toBe(true);
    expect(verifyInclusion(hash, (n + 1) % hashes.length, hashes.length, tree.path(n), read.value.closing.merkleRoot)).toBe(false);
  }
  expect(tree.root).toBe(read.value.closing.merkleRoot);
});
