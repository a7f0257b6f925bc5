import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { evidock } from '../../../fixtures/e2e/evidock.ts';
import { openStationLab, type StationLab } from '../../../fixtures/station-lab.ts';
import { openWebLab, type WebLab } from '../../../fixtures/web-lab.ts';
import type { ArchiveStation } from '../../contract/api/archive.ts';
import { listSealed } from '../../ledger/index.ts';
import { createRouter } from '../index.ts';

/** The desk archives nothing itself; another station does, and is then switched off. */
let desk: WebLab;
let other: StationLab;
let folder: string;
let nas: string;
let stationId: string;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-desk-'));
  nas = path.join(folder, 'nas');
  desk = await openWebLab();
  await createRouterClient(createRouter(desk.station)).archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  other = await openStationLab();
  stationId = other.station.identity.stationId;
  await other.client.archive.addDestination({ name: 'nas', settings: { kind: 'folder', folder: nas } });
  for (const card of ['one', 'two']) {
    await other.ingest(other.card(card, { 'DCIM/clip.mp4': `clip of ${card}` }));
    await other.station.idle();
    if (card === 'two') break;
    await other.client.archive.forward({ to: 'nas' });
    await other.station.ledger.seal();
    await other.client.archive.forward({ to: 'nas' });
  }
  await other.station.ledger.seal();
  await other.client.archive.writeCatalogue({ to: 'nas' });
});
afterEach(async () => {
  await desk.close();
  await other.close();
  fs.rmSync(folder, { recursive: true });
});

async function stations(role: 'archivist' | 'officer' = 'archivist', name = 'nas') {
  return desk.ask(`/api/v1/destinations/${name}/stations`, { session: await desk.session(role) });
}

test('the desk shows a station that is switched off as its archive knows it', async () => {
  const head = other.station.ledger.reader.prepare('SELECT max(seq) FROM entries').pluck().get();
  const [{ closed_at: since }] = other.station.ledger.reader.prepare('SELECT closed_at FROM units ORDER BY closed_seq DESC').all() as [
    { closed_at: string },
  ];
  await other.stop();
  const { json, text } = await stations();
  const [row, ...more] = json.value as ArchiveStation[];
  expect(more).toEqual([]);
  expect(row).toMatchObject({ stationId, catalogue: 'whole', items: 2, waiting: 1, waitingSince: since, late: 0, headSeq: head, ledgerMissing: 0 });
  expect(row?.ledgerTo).toBe(listSealed(path.join(nas, stationId, 'ledger')).at(-1)?.last);
  expect(Date.parse(row?.lastSeenAt ?? '')).toBeGreaterThan(Date.parse(row?.lastDockingAt ?? ''));
  expect(text).not.toContain(folder);
});

test('altered or missing tables and a hole in the ledger are said, and what they would tell is not', async () => {
  const [file] = fs.globSync(path.join(nas, 'catalogue/stations/*/*.parquet'));
  fs.appendFileSync(file as string, 'x');
  const nothing = { code: null, lastSeenAt: null, items: null, waiting: null };
  expect((await stations()).json.value).toMatchObject([{ stationId, catalogue: 'altered', ...nothing, ledgerMissing: 0 }]);
  fs.rmSync(path.join(nas, 'catalogue'), { recursive: true });
  const segments = listSealed(path.join(nas, stationId, 'ledger'));
  fs.rmSync(segments[0]?.file as string);
  await other.stop();
  const ran = await evidock('archive', 'stations', '--to', 'nas', '--json', '--data', other.data);
  expect(ran.code).toBe(2);
  expect(JSON.parse(ran.stdout)).toMatchObject([{ stationId, catalogue: 'missing', ...nothing, ledgerMissing: segments[0]?.last }]);
});

test('an archive of no station, one that is away, and somebody who may not look', async () => {
  expect((await stations('archivist', 'none')).json).toMatchObject({ ok: false, failure: { code: 'destination.unknown' } });
  fs.renameSync(nas, `${nas}-away`);
  expect((await stations()).json).toMatchObject({ ok: false, failure: { code: 'destination.unreachable', what: 'nas' } });
  fs.renameSync(`${nas}-away`, nas);
  for (const name of ['catalogue', stationId]) fs.rmSync(path.join(nas, name), { recursive: true });
  expect((await stations()).json).toMatchObject({ ok: false, failure: { code: 'archive.no-catalogue', what: 'nas' } });
  expect((await stations('officer')).status).toBe(403);
});
