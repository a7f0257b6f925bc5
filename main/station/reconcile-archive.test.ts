import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { flip } from '../../fixtures/archive-lab.ts';
import { makeManyStations } from '../../fixtures/many-stations.ts';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { runJob } from '../archive/catalogue/run-job.ts';
import type { RecordedArchiveResult } from '../contract/api/archive.ts';
import { ArchiveClass, ArchiveCounts } from '../contract/archive-difference.ts';
import type { Result } from '../contract/errors.ts';
import { entriesOfType, listSealed } from '../ledger/index.ts';

/** Two stations with one archive; the second is on the desk and does the comparing. */
let first: StationLab;
let desk: StationLab;
let nas: string;
const DAY_MS = 86_400_000;
let nowMs = Date.now();
const NONE = ArchiveCounts.parse(Object.fromEntries(ArchiveClass.options.map((name) => [name, 0])));

beforeEach(async () => {
  nowMs = Date.now();
  first = await openStationLab({ nowMs: () => nowMs });
  desk = await openStationLab({ nowMs: () => nowMs });
  nas = path.join(first.folder, 'nas');
  for (const lab of [first, desk]) await lab.client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  await archived(first, { 'DCIM/one.mp4': 'first clip', 'DCIM/two.mp4': 'second clip', 'three.log': 'log' });
  await archived(desk, { 'DCIM/one.mp4': 'clip of the desk' });
});
afterEach(async () => {
  await first.close();
  await desk.close();
});

let cards = 0;
async function archived(lab: StationLab, files: Record<string, string>): Promise<void> {
  cards += 1;
  await lab.ingest(lab.card(`card ${cards}`, files));
  await lab.station.idle();
  await lab.client.archive.forward({ to: 'nas' });
  await lab.station.ledger.seal();
  await lab.client.archive.forward({ to: 'nas' });
  expect(await lab.client.archive.writeCatalogue({ to: 'nas' })).toMatchObject({ ok: true });
}

async function outcome(report: string | null = null, sinceClean = false): Promise<Result<RecordedArchiveResult>> {
  for await (const event of await desk.client.archive.reconcileAll({ to: 'nas', report, sinceClean }))
    if (event.event === 'done') return event.outcome;
  throw new Error('ended without a word');
}
async function compare(sinceClean = false) {
  const result = await outcome(null, sinceClean);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value.content;
}
/** What comes of a reconciliation that somebody stops as soon as it goes on. */
async function stopped(): Promise<Result<RecordedArchiveResult>> {
  const { archive } = desk.station.longWork;
  const former = archive.last()?.id;
  const ended = outcome();
  await expect.poll(() => archive.last()?.id).not.toBe(former);
  archive.cancel(archive.last()?.id ?? '');
  return ended;
}
const stationOf = (lab: StationLab) => lab.station.identity.stationId;
const keyOf = (file: string) => path.relative(nas, file);

test('stations whose archive is whole have no difference, and the result stands on the ledger with its hash', async () => {
  const result = await outcome();
  expect(result).toMatchObject({ ok: true, value: { content: { stations: 2, items: 4, same: 4, waiting: 0, counts: NONE, differences: [] } } });
  if (!result.ok) return;
  const [entry] = entriesOfType(desk.station.ledger.reader, 'archive.reconciled');
  expect(entry).toMatchObject({ seq: result.value.seq, body: { stations: 2, same: 4, counts: NONE, result: { sha256: result.value.sha256 } } });
  expect(fs.readdirSync(desk.station.paths.scratch)).toEqual([]);
});

test('what is gone, cut short, put there or a copy of another station is found without asking that station', async () => {
  nowMs += 1000;
  await archived(desk, { 'DCIM/copy.mp4': 'second clip' });
  await first.stop();
  const identity = JSON.parse(fs.readFileSync(path.join(first.data, 'station.json'), 'utf8')) as { stationId: string };
  const [gone, short] = fs.globSync(path.join(nas, identity.stationId, '*/*/*/data/*')).sort();
  if (!gone || !short) throw new Error('nothing was archived');
  fs.rmSync(gone);
  fs.chmodSync(short, 0o600);
  fs.truncateSync(short, 2);
  const bag = path.dirname(path.dirname(gone));
  fs.writeFileSync(path.join(bag, 'Thumbs.db'), 'x');
  const foreign = path.join(path.dirname(bag), '019c0000-0000-7000-8000-000000000001', 'data', '0001-019c0000-0000-7000-8000-000000000002.mp4');
  fs.mkdirSync(path.dirname(foreign), { recursive: true });
  fs.writeFileSync(foreign, 'planted');
  const { counts, differences, same } = await compare();
  expect({ counts, same }).toEqual({ counts: { ...NONE, missing: 1, differs: 1, extra: 2, duplicate: 1 }, same: 3 });
  expect(differences).toMatchObject([
    { class: 'differs', location: 'archive', cause: 'size', action: 'quarantine', stationId: identity.stationId, key: keyOf(short), found: '2' },
    {
      class: 'duplicate',
      cause: 'other-station',
      action: 'explain',
      stationId: stationOf(desk),
      expected: expect.stringContaining(identity.stationId),
    },
    { class: 'extra', cause: 'no-item', action: 'quarantine', key: keyOf(foreign) },
    { class: 'extra', cause: 'stray', action: 'quarantine', key: keyOf(path.join(bag, 'Thumbs.db')) },
    {
      class: 'missing',
      location: 'archive',
      cause: 'gone-after-receipt',
      action: 'resend',
      itemId: path.basename(gone).slice(5, 41),
      since: expect.stringMatching(/Z$/),
    },
  ]);
  await first.start();
});

test('after a day, recordings without a case count; what is not forwarded waits and is no difference', async () => {
  nowMs += 2 * DAY_MS;
  await first.ingest(first.card('new', { 'DCIM/new.mp4': 'not archived' }));
  await first.station.idle();
  await first.client.archive.writeCatalogue({ to: 'nas' });
  const { counts, differences, waiting } = await compare();
  const old = first.station.ledger.reader.prepare("SELECT count(*) FROM units WHERE kind = 'recording'").pluck().get() as number;
  expect(waiting).toBe(1);
  expect(counts).toEqual({ ...NONE, unlinked: old });
  expect(differences[0]).toMatchObject({ class: 'unlinked', location: 'station', cause: 'no-officer', action: 'link' });
});

test('a bag that came after the catalogue waits for its receipt', async () => {
  await first.ingest(first.card('new', { 'DCIM/new.mp4': 'newer than the catalogue' }));
  await first.station.idle();
  await first.client.archive.forward({ to: 'nas' });
  expect(await compare()).toMatchObject({ counts: NONE, waiting: 1, same: 4 });
});

test('a station whose catalogue was altered, or is gone, is told and not guessed about', async () => {
  const [items] = fs.globSync(path.join(nas, 'catalogue/items', `station=${stationOf(first)}`, '*/*.parquet'));
  flip(items as string);
  expect(await compare()).toMatchObject({
    stations: 1,
    items: 1,
    same: 1,
    counts: { ...NONE, differs: 1 },
    differences: [
      { class: 'differs', location: 'catalogue', cause: 'altered', action: 'rewrite', stationId: stationOf(first), key: keyOf(items as string) },
    ],
  });
  fs.rmSync(items as string);
  expect(await compare()).toMatchObject({ counts: { ...NONE, missing: 1 }, differences: [{ location: 'catalogue', cause: 'not-there' }] });
  for (const folder of fs.globSync(path.join(nas, 'catalogue/*', `station=${stationOf(first)}`))) fs.rmSync(folder, { recursive: true });
  expect(await compare()).toMatchObject({
    counts: { ...NONE, missing: 1 },
    differences: [{ location: 'catalogue', key: null, stationId: stationOf(first) }],
  });
  await first.client.archive.writeCatalogue({ to: 'nas' });
  expect(await compare()).toMatchObject({ stations: 2, counts: NONE });
});

test('after a clean one only what changed since is looked at, and after one that was not, all of the archive', async () => {
  expect(await compare(true)).toMatchObject({ since: null, unchanged: 0, same: 4, counts: NONE });
  const clean = await compare();
  const [ofDesk] = fs.globSync(path.join(nas, stationOf(desk), '*/*/*/data/*'));
  if (!ofDesk) throw new Error('nothing was archived');
  fs.renameSync(ofDesk, `${nas}-aside`);
  await archived(first, { 'DCIM/four.mp4': 'fourth' });
  // Of the desk nothing was confirmed since: its folder is not looked at.
  const next = await compare(true);
  expect(next).toMatchObject({ since: clean.id, unchanged: 1, items: 5, same: 4, waiting: 0, counts: NONE });
  expect(entriesOfType(desk.station.ledger.reader, 'archive.reconciled').at(-1)?.body).toMatchObject({ since: clean.id, unchanged: 1 });
  const [ofFirst] = fs.globSync(path.join(nas, stationOf(first), '*/*/*/data/*'));
  if (!ofFirst) throw new Error('nothing was archived');
  fs.renameSync(ofFirst, `${nas}-aside2`);
  expect(await compare(true)).toMatchObject({ since: next.id, unchanged: 5, same: 0, counts: NONE });
  await archived(first, { 'DCIM/five.mp4': 'fifth' });
  expect(await compare(true)).toMatchObject({ unchanged: 1, same: 4, counts: { ...NONE, missing: 1 } });
  expect(await compare(true)).toMatchObject({ since: null, unchanged: 0, same: 4, counts: { ...NONE, missing: 2 } });
  fs.renameSync(`${nas}-aside`, ofDesk);
  fs.renameSync(`${nas}-aside2`, ofFirst);
  expect(await compare(true)).toMatchObject({ since: null, same: 6, counts: NONE });
});

test('a difference that is explained no longer counts as open, wherever it is met again, until it is another one or the explanation is taken back', async () => {
  const [stray = ''] = fs.globSync(path.join(nas, stationOf(first), '*/*/*'));
  fs.writeFileSync(path.join(stray, 'Thumbs.db'), 'x');
  const { id, differences, explained } = await compare();
  const [found] = differences;
  expect([explained, found]).toMatchObject([0, { class: 'extra', id: expect.stringMatching(/^[0-9a-f]{64}$/), explanationId: null }]);
  const { archive } = desk.client;
  const reason = '资源管理器生成的缩略图';
  const made = await archive.explainAll({ reconciliation: id, difference: (found?.id ?? '').slice(0, 8), reason });
  if (!made.ok) throw new Error(made.failure.code);
  const [entry] = entriesOfType(desk.station.ledger.reader, 'archive.difference-explained');
  expect(entry).toMatchObject({ body: { explanationId: made.value.id, reconciliationId: id, class: 'extra', stationId: stationOf(first) } });
  expect(JSON.stringify(entry)).not.toContain(reason);
  const again = await archive.explainAll({ reconciliation: null, difference: found?.id ?? '', reason: 'again' });
  expect(again).toMatchObject({ ok: false, failure: { code: 'difference.explained-already' } });
  expect(await archive.explainAll({ reconciliation: id, difference: 'f'.repeat(64), reason })).toMatchObject({
    failure: { code: 'difference.unknown' },
  });
  expect(await compare()).toMatchObject({
    counts: { ...NONE, extra: 1 },
    explained: 1,
    differences: [{ id: found?.id, explanationId: made.value.id }],
  });
  fs.renameSync(path.join(stray, 'Thumbs.db'), path.join(stray, 'other.db'));
  expect(await compare()).toMatchObject({ counts: { ...NONE, extra: 1 }, explained: 0, differences: [{ explanationId: null }] });
  fs.renameSync(path.join(stray, 'other.db'), path.join(stray, 'Thumbs.db'));
  expect(await archive.reopen({ explanation: made.value.id })).toMatchObject({ ok: true });
  expect(await compare()).toMatchObject({ explained: 0, differences: [{ id: found?.id, explanationId: null }] });
});

test('what was confirmed after the list was begun is not judged, neither then nor never', async () => {
  nowMs += 3_600_000;
  await archived(first, { 'DCIM/late.mp4': 'confirmed while the desk lists' });
  nowMs -= 3_600_000;
  const { reader } = first.station.ledger;
  const id = reader.prepare('SELECT item_id FROM items ORDER BY stored_seq DESC LIMIT 1').pluck().get() as string;
  const [file] = fs.globSync(path.join(nas, stationOf(first), `*/*/*/data/*${id}*`));
  fs.rmSync(file as string);
  expect(await compare()).toMatchObject({ same: 4, waiting: 1, counts: NONE });
  nowMs += 7_200_000;
  expect(await compare(true)).toMatchObject({ same: 3, unchanged: 1, counts: { ...NONE, missing: 1 } });
});

test('by policy another part of the originals is read again each time, until all were; one that was stopped is read next time', async () => {
  const [changed] = fs.globSync(path.join(nas, stationOf(first), '*/*/*/data/*'));
  flip(changed as string);
  expect(await compare()).toMatchObject({ read: 0, counts: NONE });
  await desk.client.station.setPolicy({ key: 'archive-reread-parts', value: 3 });
  expect(await stopped()).toMatchObject({ ok: false, failure: { code: 'run.cancelled' } });
  const runs = [await compare(), await compare(), await compare()];
  expect(runs.reduce((sum, run) => sum + run.read, 0)).toBe(4);
  const found = runs.flatMap((run) => run.differences);
  expect(found).toMatchObject([{ class: 'differs', location: 'archive', cause: 'content', action: 'quarantine', key: keyOf(changed as string) }]);
  expect(found[0]?.found).toMatch(/^[0-9a-f]{64}$/);
  await desk.client.station.setPolicy({ key: 'archive-reread-parts', value: 1 });
  const { hashAtRest } = desk.station.stages.forward;
  // A disk that cannot read it.
  desk.station.stages.forward.hashAtRest = (file, signal) => (file === changed ? Promise.resolve(null) : hashAtRest(file, signal));
  expect(await compare()).toMatchObject({
    read: 4,
    same: 3,
    counts: { ...NONE, unreadable: 1 },
    differences: [{ cause: 'not-looked-at', action: 're-read' }],
  });
});

test('a hole among the segments of a ledger is found', async () => {
  await archived(first, { 'DCIM/four.mp4': 'fourth' });
  const [, hole] = listSealed(path.join(nas, stationOf(first), 'ledger'));
  fs.rmSync(hole?.file as string);
  expect(await compare()).toMatchObject({
    counts: { ...NONE, missing: 1 },
    differences: [{ location: 'ledger', cause: 'gap', action: 'rewrite', expected: String(hole?.first), found: String((hole?.last ?? 0) + 1) }],
  });
});

test('its report says in both languages what was found, why, since when and what to do, as a page, a sheet to sign and a workbook', async () => {
  const [gone] = fs.globSync(path.join(nas, stationOf(first), '*/*/*/data/*'));
  fs.rmSync(gone as string);
  const file = path.join(desk.folder, 'report.json');
  const result = await outcome(file);
  expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(result.ok && result.value);
  const read = (name: string) => fs.readFileSync(path.join(desk.folder, name));
  expect(read('report.html').toString('utf8')).toMatch(/发现 1 项差异[\s\S]*归档曾确认收到，现已不在[\s\S]*从该站重新推送[\s\S]*\(0 h\)/);
  expect(read('report.en.html').toString('utf8')).toMatch(/Differences: 1[\s\S]*The archive confirmed it[\s\S]*Send again from its station/);
  expect(read('report.html').toString('utf8')).toContain(keyOf(path.dirname(path.dirname(gone as string))));
  for (const name of ['report', 'report.en']) {
    expect(read(`${name}.pdf`).subarray(0, 5).toString('latin1')).toBe('%PDF-');
    expect(read(`${name}.xlsx`).subarray(0, 2).toString('latin1')).toBe('PK');
  }
  expect(await outcome(path.join(desk.folder, 'none', 'report.json'))).toMatchObject({ ok: false, failure: { code: 'report.write-failed' } });
});

test('an archive without any catalogue cannot be compared', async () => {
  fs.rmSync(path.join(nas, 'catalogue'), { recursive: true });
  for (const lab of [first, desk]) fs.rmSync(path.join(nas, stationOf(lab), 'ledger'), { recursive: true });
  expect(await outcome()).toMatchObject({ ok: false, failure: { code: 'archive.no-catalogue', what: 'nas' } });
});

test('one that is stopped records nothing and leaves nothing', async () => {
  expect(await stopped()).toMatchObject({ ok: false, failure: { code: 'run.cancelled' } });
  expect(entriesOfType(desk.station.ledger.reader, 'archive.reconciled')).toEqual([]);
  expect(fs.readdirSync(desk.station.paths.scratch)).toEqual([]);
});

test('of many stations every planted difference of every class is found, and nothing else', async () => {
  const folder = path.join(first.folder, 'many');
  const { planted, inventory, destinationId, at } = await makeManyStations(folder, { stations: 7, items: 14_000, planted: 20 });
  const compared = await runJob(
    {
      kind: 'compare',
      catalogue: path.join(folder, 'catalogue'),
      inventory,
      months: null,
      destinationId,
      at,
      afterHours: 24,
      listed: 1000,
      memoryMb: 500,
      threads: 2,
      spill: path.join(folder, 'spill'),
    },
    { signal: new AbortController().signal },
  );
  if (!compared.ok) throw new Error(compared.failure.detail);
  const { differences, counts, stations, waiting } = compared.value.value;
  expect({ stations, waiting }).toEqual({ stations: 7, waiting: 20 });
  for (const name of ArchiveClass.options) {
    const found = differences.filter((one) => one.class === name).map((one) => one.itemId ?? one.unitId ?? one.dockingId ?? one.key);
    expect(counts[name], name).toBe(20);
    expect(new Set(found), name).toEqual(planted[name]);
  }
});
