import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { evidock } from '../../fixtures/e2e/evidock.ts';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { forwardAll } from '../archive/index.ts';
import { entriesOfType, listSealed, tableDigests } from '../ledger/index.ts';
import { writeSealed } from '../ledger/segments.ts';
import { openStationKey } from '../ledger/station-key.ts';
import { createRouter, openStation, PROJECTIONS, rebuildFromArchive, type Station } from './index.ts';

let lab: StationLab;
/** An archive apart from every data folder, as a network share is. */
let nas: string;
let stationId: string;
beforeEach(async () => {
  lab = await openStationLab({ purpose: 'station' });
  nas = path.join(lab.folder, 'nas');
  stationId = lab.station.identity.stationId;
  await lab.client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  await lab.client.evidence.importPeople({ name: 'people.csv', contentBase64: Buffer.from('number,name\n7001,王五\n').toString('base64') });
  await lab.ingest(lab.card('card', { 'DCIM/one.mp4': 'first clip', 'DCIM/two.mp4': 'second clip' }));
  await lab.station.idle();
  await sealAndMirror();
});
afterEach(async () => {
  await lab.close();
});

/** Everything recorded so far gets into the archive. */
async function sealAndMirror(): Promise<void> {
  // Not by command: that a push ended is an entry of its own.
  const push = () => forwardAll(lab.station.stages.forward, 'nas', false);
  await push();
  await lab.station.ledger.seal();
  await push();
}
const segments = () => listSealed(path.join(nas, stationId, 'ledger'));
const fresh = () => path.join(lab.folder, 'new machine');
const rebuild = (options: { station?: string; epoch?: number } = {}, data = fresh()) =>
  rebuildFromArchive(data, { settings: { kind: 'folder', folder: nas }, station: null, epoch: null, ...options });
const digests = (station: Station) => tableDigests(station.ledger.reader, PROJECTIONS);

function rewrite(file: string, content: string): void {
  fs.chmodSync(file, 0o600);
  fs.writeFileSync(file, content);
}

/** The station and all it had are gone; only the archive is left. */
async function die(): Promise<void> {
  await lab.stop();
  fs.rmSync(lab.data, { recursive: true });
}

async function opened<T>(act: (station: Station, client: ReturnType<typeof clientOf>) => Promise<T>): Promise<T> {
  const result = await openStation({ data: fresh(), purpose: 'command', create: false, docks: [], mountTrees: [], settleMs: 0 });
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.what}: ${result.failure.detail}`);
  try {
    return await act(result.value, clientOf(result.value));
  } finally {
    await result.value.close();
  }
}
const clientOf = (station: Station) => createRouterClient(createRouter(station));

test('a dead station is rebuilt from its archive alone, table by table as it was', async () => {
  const before = digests(lab.station);
  const { publicKey, reader } = lab.station.ledger;
  const head = reader.prepare('SELECT seq, hash, at FROM entries ORDER BY seq DESC LIMIT 1').get();
  await die();
  const result = await rebuild();
  expect(result).toMatchObject({
    ok: true,
    value: { station: { id: stationId }, publicKey, epoch: 1, otherEpochs: [], head, namesRestored: 2, bagsWithoutReceipt: 0, failures: [] },
  });
  const rows = result.ok ? Object.fromEntries(result.value.tables.map((one) => [one.table, one.rows])) : {};
  expect(rows).toMatchObject({ items: 2, persons: 1 });
  expect(rows).toEqual(Object.fromEntries(Object.entries(before).map(([table, one]) => [table, one.rows])));
  const db = await import('better-sqlite3').then(({ default: Database }) => new Database(path.join(fresh(), 'evidock.db'), { readonly: true }));
  expect(tableDigests(db, PROJECTIONS)).toEqual(before);
  db.close();
});

test('it goes on under a key of its own, knows its archive and the names of originals, and says which are not here', async () => {
  const before = digests(lab.station);
  await die();
  await rebuild();
  await opened(async (station, client) => {
    expect(entriesOfType(station.ledger.reader, 'ledger.continued')).toMatchObject([{ body: { epoch: 2, reason: 'key-lost' } }]);
    expect(digests(station)).toMatchObject({ items: before['items'], receipts: before['receipts'], unit_items: before['unit_items'] });
    const items = station.ledger.reader.prepare('SELECT item_id FROM items').pluck().all() as string[];
    expect(items.map((id) => station.ledger.records.get('item', id)?.['path']).sort()).toEqual(['DCIM/one.mp4', 'DCIM/two.mp4']);
    const [person] = station.ledger.reader.prepare('SELECT person_id FROM persons').pluck().all() as string[];
    expect(station.ledger.records.get('person', person as string)).toBeNull();
    const { violations } = await client.station.verify({ full: true });
    expect(violations.map(({ code, what }) => [code, what]).sort()).toEqual(items.map((id) => ['vault.item-missing', id]).sort());
    expect(await client.archive.testDestination({ name: 'nas' })).toMatchObject({ ok: true });
  });
});

test('what was never sealed is not in the archive, and the answer says up to when it goes', async () => {
  const before = digests(lab.station);
  const sealed = segments().at(-1)?.last;
  await lab.client.station.setPolicy({ key: 'clear', value: 'after-confirmed' });
  expect(digests(lab.station)['policy']).not.toEqual(before['policy']);
  await die();
  expect(await rebuild()).toMatchObject({ ok: true, value: { head: { seq: sealed } } });
  const ran = await evidock('rebuild', '--data', path.join(lab.folder, 'again'), '--from', nas, '--json');
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.stdout)).toMatchObject({ head: { seq: sealed }, station: { id: stationId } });
});

test('bags archived after the last sealed entry, and bags that were altered, are counted', async () => {
  await die();
  const [bag] = fs.globSync(path.join(nas, stationId, '*', '*', '*'));
  if (!bag) throw new Error('nothing was archived');
  fs.cpSync(bag, path.join(path.dirname(bag), '01a20c7f-f471-7727-97c3-000000000001'), { recursive: true });
  rewrite(path.join(bag, 'evidock', 'items.json'), '[]');
  expect(await rebuild()).toMatchObject({ ok: true, value: { bagsWithoutReceipt: 1, failures: [{ code: 'archive.bag-damaged' }] } });
});

test('a hole in the ledger is refused by the segment after it, and nothing is made', async () => {
  await lab.client.station.setPolicy({ key: 'clear', value: 'after-confirmed' });
  await sealAndMirror();
  await die();
  const [, hole, after] = segments();
  if (!hole || !after) throw new Error('too few segments');
  fs.rmSync(hole.file);
  expect(await rebuild()).toMatchObject({
    ok: false,
    failure: {
      code: 'ledger.segment-damaged',
      what: path.basename(after.file),
      detail: `entries ${hole.first} to ${hole.last} are missing before it`,
    },
  });
  expect(fs.readdirSync(lab.folder).filter((name) => name.startsWith('new machine'))).toEqual([]);
  fs.rmSync(segments()[0]?.file as string);
  expect(await rebuild()).toMatchObject({ ok: false, failure: { detail: 'the ledger does not begin here: entries from 1 on are missing' } });
});

test('a fork is refused: two segments that hold the same number, or one that follows another entry', async () => {
  const clone = path.join(lab.folder, 'clone');
  await lab.stop();
  fs.cpSync(lab.data, clone, { recursive: true });
  fs.renameSync(nas, `${nas}-away`);
  const other = await openStation({ data: clone, purpose: 'command', create: false, docks: [], mountTrees: [], settleMs: 0 });
  if (!other.ok) throw new Error(other.failure.code);
  const theirs = clientOf(other.value).station;
  await theirs.setPolicy({ key: 'clear', value: 'after-stored' });
  const first = await other.value.ledger.seal();
  for (const value of ['never', 'after-stored']) await theirs.setPolicy({ key: 'clear', value });
  const second = await other.value.ledger.seal();
  await other.value.close();
  fs.renameSync(`${nas}-away`, nas);
  await lab.start();
  for (const value of ['never', 'after-confirmed', 'never']) {
    await lab.client.station.setPolicy({ key: 'clear', value });
    await sealAndMirror();
  }
  await die();
  if (!first || !second) throw new Error('the clone sealed nothing');
  const place = (file: string) => path.join(nas, stationId, 'ledger', path.basename(file));
  const forked = (detail: string) => ({ ok: false, failure: { code: 'ledger.chain-broken', detail: expect.stringContaining(detail) } });
  expect(segments().map((one) => one.file)).toContain(place(first.file));
  expect(segments().map((one) => one.file)).not.toContain(place(second.file));
  fs.copyFileSync(second.file, place(second.file));
  expect(await rebuild()).toMatchObject(forked(`holds entry ${second.first} too`));
  fs.rmSync(place(second.file));
  rewrite(place(first.file), fs.readFileSync(first.file, 'utf8'));
  expect(await rebuild()).toMatchObject(forked(`entry ${second.first} follows another entry ${first.last}`));
});

test('a wrong signature, a key of somebody else and a torn segment are each refused by name', async () => {
  await die();
  const last = segments().at(-1);
  if (!last) throw new Error('no segment');
  const text = fs.readFileSync(last.file, 'utf8');
  const name = path.basename(last.file);
  const refused = (detail: string) => ({ ok: false, failure: { code: 'ledger.segment-damaged', what: name, detail } });
  rewrite(
    last.file,
    text.replace(/"signature":"(.)/, (_, first: string) => `"signature":"${first === 'A' ? 'B' : 'A'}`),
  );
  expect(await rebuild()).toMatchObject(refused('signature does not verify'));
  rewrite(last.file, text.replace('"merkleRoot":"', '"merkleRoot":"0').replace(/("merkleRoot":"[0-9a-f]{64})[0-9a-f]/, '$1'));
  expect(await rebuild()).toMatchObject(refused('Merkle root differs'));
  rewrite(last.file, text.slice(0, -40));
  expect(await rebuild()).toMatchObject(refused('does not end with a newline'));
  rewrite(last.file, `${text.slice(0, -40)}\n`);
  expect(await rebuild()).toMatchObject(refused('no closing line'));
  const lines = text.split('\n').slice(0, -2);
  const entries = lines.map((line) => ({ canonical: line.slice(9, line.lastIndexOf(',"hash"')), hash: line.slice(-66, -2) }));
  const { privateKey } = generateKeyPairSync('ed25519');
  const stranger = path.join(lab.folder, 'stranger.pem');
  fs.writeFileSync(stranger, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  fs.rmSync(last.file, { force: true });
  writeSealed(path.dirname(last.file), stationId, entries, openStationKey(stranger, false));
  expect(await rebuild()).toMatchObject(refused('signed with a key that this ledger did not announce'));
});

test('of an archive that holds several stations one is named; of one that holds none nothing is made', async () => {
  const other = await openStationLab();
  await other.client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  await other.station.ledger.seal();
  await other.client.archive.forward({ to: 'nas' });
  const otherId = other.station.identity.stationId;
  await other.close();
  await die();
  expect(await rebuild()).toMatchObject({ ok: false, failure: { code: 'archive.which-station', detail: [stationId, otherId].sort().join(', ') } });
  expect(await rebuild({ station: '01a20c7f-f471-4727-97c3-000000000001' })).toMatchObject({ ok: false, failure: { code: 'archive.no-ledger' } });
  expect(await rebuild({ station: stationId, epoch: 2 })).toMatchObject({ ok: false, failure: { code: 'archive.no-ledger', detail: 'epochs 1' } });
  expect(await rebuild({ station: otherId })).toMatchObject({ ok: true, value: { station: { id: otherId } } });
});

test('of a station that went on after a restored backup its newest life is rebuilt, and the other is named', async () => {
  await lab.stop();
  fs.rmSync(path.join(lab.data, 'keys'), { recursive: true });
  await lab.start();
  await lab.client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  await sealAndMirror();
  const before = digests(lab.station);
  await die();
  expect(await rebuild()).toMatchObject({ ok: true, value: { epoch: 2, otherEpochs: [1] } });
  await opened(async (station) => {
    expect(digests(station)['items']).toEqual(before['items']);
    expect(entriesOfType(station.ledger.reader, 'ledger.continued').map((entry) => entry.body.epoch)).toEqual([2, 3]);
  });
  expect(await rebuild({ epoch: 1 }, path.join(lab.folder, 'older'))).toMatchObject({ ok: true, value: { epoch: 1, otherEpochs: [2] } });
});

test('a data folder that holds something is never written over', async () => {
  expect(await rebuild({}, lab.data)).toMatchObject({ ok: false, failure: { code: 'data-folder.taken', what: lab.data } });
  expect(await lab.client.station.verify({ full: true })).toMatchObject({ violations: [] });
});
