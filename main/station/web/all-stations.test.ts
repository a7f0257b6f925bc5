import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStationLab, type StationLab } from '../../../fixtures/station-lab.ts';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import type { ArchiveReport } from '../../contract/web/archive.ts';
import { createRouter } from '../index.ts';

/** The desk archives nothing itself; another station did, and what lies there of it was touched. */
let desk: WebLab;
let other: StationLab;
let folder: string;
let archivist: string;
let auditor: string;
const touched = { gone: '', short: '', stray: '' };
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-desk-'));
  const nas = path.join(folder, 'nas');
  desk = await openWebLab();
  await createRouterClient(createRouter(desk.station)).archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  other = await openStationLab();
  await other.client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  await other.ingest(other.card('card', { 'DCIM/one.mp4': 'first clip', 'DCIM/two.mp4': 'second clip', 'three.log': 'log' }));
  await other.station.idle();
  for (const _ of ['units', 'segments']) {
    await other.client.archive.forward({ to: 'nas' });
    await other.station.ledger.seal();
  }
  await other.client.archive.writeCatalogue({ to: 'nas' });
  const [gone = '', short = ''] = fs.globSync(path.join(nas, other.station.identity.stationId, '*/*/*/data/*')).sort();
  const stray = path.join(path.dirname(path.dirname(gone)), 'Thumbs.db');
  fs.rmSync(gone);
  fs.chmodSync(short, 0o600);
  fs.truncateSync(short, 2);
  fs.writeFileSync(stray, 'x');
  for (const [name, file] of Object.entries({ gone, short, stray })) touched[name as keyof typeof touched] = path.relative(nas, file);
  archivist = await desk.session('archivist');
  auditor = await desk.session('auditor');
}, 180_000);
afterAll(async () => {
  await desk.close();
  await other.close();
  fs.rmSync(folder, { recursive: true });
});

async function reconciled(): Promise<string> {
  const { id } = (await desk.ask('/api/v1/archive-reconcile', { session: archivist, body: { to: 'nas' } })).json.value;
  await desk.station.longWork.archive.settled();
  const run = (await desk.ask('/api/v1/archive-reconcile', { session: auditor })).json;
  expect(run).toMatchObject({ id, state: 'done', failure: null, figures: { differences: 3 } });
  return run.result;
}
const report = (id: string, query: Record<string, string> = {}) =>
  desk.ask(`/api/v1/archive-reconciliations/${id}?${new URLSearchParams(query)}`, { session: auditor });
const placesOf = ({ rows }: ArchiveReport) => rows.map((one) => one.key);

test('is begun by an archivist, and read by an auditor who may not begin one', async () => {
  expect((await desk.ask('/api/v1/archive-reconcile', { session: auditor, body: { to: 'nas' } })).status).toBe(403);
  const id = await reconciled();
  const { value } = (await report(id)).json as { value: ArchiveReport };
  expect(value).toMatchObject({ destination: 'nas', stations: 1, items: 3, same: 1, listed: 3, matching: 3, next: null });
  expect(value.counts).toMatchObject({ missing: 1, differs: 1, extra: 1 });
  expect(value.ofStations).toEqual([{ stationId: other.station.identity.stationId, differences: 3 }]);
  expect(value.by).toMatch(/^张\d 1100000\d$/);
  expect(JSON.stringify(value)).not.toContain(folder);
  const { json: listed } = await desk.ask('/api/v1/archive-reconciliations', { session: auditor });
  expect(listed[0]).toMatchObject({ id, destination: 'nas', stations: 1, items: 3, differences: 3, by: value.by });
});

test('its differences come by class, by station, by words, and a page at a time', async () => {
  const id = await reconciled();
  const value = async (query: Record<string, string>): Promise<ArchiveReport> => (await report(id, query)).json.value;
  expect(placesOf(await value({ class: 'extra' }))).toEqual([touched.stray]);
  expect(placesOf(await value({ search: 'THUMBS' }))).toEqual([touched.stray]);
  expect(placesOf(await value({ stationId: randomUUID() }))).toEqual([]);
  const first = await value({ limit: '2' });
  const second = await value({ limit: '2', from: String(first.next) });
  expect([first.next, second.next]).toEqual([2, null]);
  expect([...placesOf(first), ...placesOf(second)]).toEqual(placesOf(await value({})));
  expect((await report(id, { class: 'other' })).status).toBe(400);
});

test('an archivist says why a difference is there, and an auditor, who may not, reads it', async () => {
  const id = await reconciled();
  const rowOf = async () => ((await report(id, { class: 'extra' })).json.value as ArchiveReport).rows[0];
  const difference = (await rowOf())?.id;
  const body = { difference, reason: '检查过，无害' };
  const address = `/api/v1/archive-reconciliations/${id}/explanations`;
  expect((await desk.ask(address, { session: auditor, body })).status).toBe(403);
  const made = (await desk.ask(address, { session: archivist, body })).json;
  expect(made).toMatchObject({ ok: true, value: { reason: body.reason, by: expect.stringMatching(/^张\d 1100000\d$/) } });
  expect((await rowOf())?.explanation).toEqual(made.value);
  const back = await desk.ask(`/api/v1/explanations/${made.value.id}/take-back`, { session: archivist, body: {} });
  expect(back.json).toMatchObject({ ok: true });
  expect((await rowOf())?.explanation).toBeNull();
});

test('is saved as it was recorded, with the hash that the ledger vouches for, and as a sheet to sign', async () => {
  const id = await reconciled();
  const { resultSha256 } = (await report(id)).json.value as ArchiveReport;
  const saved = (format: string, session = auditor) =>
    desk.ask(`/api/v1/archive-reconciliations/${id}/export?format=${format}&language=zh`, { session });
  const json = await saved('json');
  expect(createHash('sha256').update(json.bytes).digest('hex')).toBe(resultSha256);
  expect(json.headers['content-disposition']).toMatch(/^attachment; filename="evidock-[A-Za-z0-9-]+-all-stations-nas-[A-Za-z0-9-]+\.json"$/);
  expect((await saved('xlsx')).bytes.subarray(0, 2).toString()).toBe('PK');
  expect((await saved('pdf')).bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect((await saved('xlsx', await desk.session('officer'))).status).toBe(403);
});

test('that is stopped leaves no result, and one that nobody made is unknown', async () => {
  const before = (await desk.ask('/api/v1/archive-reconciliations', { session: auditor })).json.length;
  const { id } = (await desk.ask('/api/v1/archive-reconcile', { session: archivist, body: { to: 'nas' } })).json.value;
  expect((await desk.ask('/api/v1/archive-reconcile/cancel', { session: archivist, body: { id } })).json.state).toBe('stopping');
  await desk.station.longWork.archive.settled();
  expect((await desk.ask('/api/v1/archive-reconcile', { session: auditor })).json).toMatchObject({ id, state: 'cancelled', result: null });
  expect((await desk.ask('/api/v1/archive-reconciliations', { session: auditor })).json).toHaveLength(before);
  expect((await report(randomUUID())).json.failure.code).toBe('reconciliation.unknown');
  const nowhere = await desk.ask('/api/v1/archive-reconcile', { session: archivist, body: { to: 'none' } });
  expect(nowhere.json.failure.code).toBe('destination.unknown');
});

test('whose record does not have the hash on the ledger is not shown', async () => {
  const id = await reconciled();
  const { records } = desk.station.ledger;
  const { get } = records;
  records.get = (kind, of) => {
    const record = get(kind, of);
    return kind === 'archive-reconciliation' && record
      ? { ...record, canonical: String(record['canonical']).replace('"items":3', '"items":9') }
      : record;
  };
  const { failure } = (await report(id)).json;
  records.get = get;
  expect(failure).toMatchObject({ code: 'reconciliation.unknown', detail: 'it does not match its hash' });
});
