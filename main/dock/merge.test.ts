import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../fixtures/e2e/evidock.ts';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { entriesOfType } from '../ledger/index.ts';
import { folderVolume } from './index.ts';

let lab: StationLab;
beforeEach(async () => {
  lab = await openStationLab();
});
afterEach(() => lab.close());

/** Camera ids by serial. */
async function cameras(): Promise<Record<string, string>> {
  return Object.fromEntries((await lab.client.docking.cameras()).map((one) => [one.serial, one.cameraId]));
}

/** Ingests one card that the operator gives a serial. */
async function ingestAs(camera: string, card: string) {
  const events = await lab.client.docking.ingest({ sources: [card], camera, officer: null, caseNumber: null });
  for await (const event of events) if (event.event === 'done') return event.sources[0];
  throw new Error('ingest ended without a result');
}

test('what was stored under a provisional id is known for the camera it was merged into, and copied again once they are separated', async () => {
  const card = lab.card('reader', { 'DCIM/a.mp4': 'evidence a', 'DCIM/b.mp4': 'evidence b' });
  expect(await ingestAs('TYPO-1', card)).toMatchObject({ stored: 2, safe: true });
  await lab.client.docking.registerCamera({ serial: 'C370042', profile: 'ga-pattern' });
  const { 'TYPO-1': camera = '', C370042: into = '' } = await cameras();
  expect(await lab.client.docking.mergeCameras({ camera, into, because: 'typed-wrong' })).toEqual({ ok: true, value: undefined });
  expect(await ingestAs('C370042', card)).toMatchObject({ stored: 0, seenAgain: 2, safe: true });
  // Asked for under the former serial, it is the camera it was merged into.
  expect(await ingestAs('TYPO-1', card)).toMatchObject({ stored: 0, seenAgain: 2 });
  const [merged] = entriesOfType(lab.station.ledger.reader, 'camera.merged');
  expect(merged).toMatchObject({ subject: { id: camera }, refs: [{ id: into, role: 'into' }], body: { because: 'typed-wrong' } });
  expect(entriesOfType(lab.station.ledger.reader, 'docking.started').map((entry) => entry.refs[0]?.id)).toEqual([camera, into, into]);

  expect(await lab.client.docking.separateCamera({ camera })).toEqual({ ok: true, value: undefined });
  expect(await ingestAs('C370042', card)).toMatchObject({ stored: 2, seenAgain: 0 });
  expect(await lab.client.station.verify({ full: true })).toMatchObject({ violations: [] });
});

test('lists name the camera that it is', async () => {
  await ingestAs('TYPO-1', lab.card('first', { 'DCIM/a.mp4': 'not much of a clip' }));
  await lab.client.docking.registerCamera({ serial: 'C370042', profile: 'ga-pattern' });
  const { 'TYPO-1': camera = '', C370042: into = '' } = await cameras();
  expect((await lab.client.station.status()).recordings.map((one) => one.camera)).toEqual(['TYPO-1']);
  await lab.client.docking.mergeCameras({ camera, into, because: 'other-name' });
  expect((await lab.client.station.status()).recordings.map((one) => one.camera)).toEqual(['C370042']);
});

test("a card's name speaks for what was merged and not for what comes: any other card may bear it", async () => {
  const card = lab.card('NO NAME', { 'DCIM/a.mp4': 'evidence a' });
  await lab.ingest(card);
  await lab.client.docking.registerCamera({ serial: 'C370042', profile: 'generic-dcim' });
  const [provisional] = await lab.client.docking.cameras();
  const { C370042: into = '' } = await cameras();
  const camera = (await lab.client.docking.cameras()).find((one) => one.identitySource === 'folder-name')?.cameraId ?? '';
  expect(provisional).toBeDefined();
  await lab.client.docking.mergeCameras({ camera, into, because: 'other-name' });
  await lab.ingest(card);
  const list = await lab.client.docking.cameras();
  expect(list.filter((one) => one.identitySource === 'folder-name').map((one) => one.sameAs)).toEqual([into, null]);
});

test('merges chain, and what cannot be true is refused', async () => {
  const { registerCamera, mergeCameras, separateCamera } = lab.client.docking;
  for (const serial of ['A', 'B', 'C']) await registerCamera({ serial, profile: 'generic-dcim' });
  const { A = '', B = '', C = '' } = await cameras();
  const refused = { ok: false, failure: { code: 'camera.merge-refused' } };
  expect(await mergeCameras({ camera: A, into: A, because: 'renumbered' })).toMatchObject(refused);
  expect(await separateCamera({ camera: A })).toMatchObject(refused);
  await mergeCameras({ camera: A, into: B, because: 'renumbered' });
  expect(await mergeCameras({ camera: A, into: C, because: 'renumbered' })).toMatchObject(refused);
  expect(await mergeCameras({ camera: B, into: A, because: 'renumbered' })).toMatchObject(refused);
  await mergeCameras({ camera: B, into: C, because: 'renumbered' });
  const list = await lab.client.docking.cameras();
  expect(list.map((one) => [one.serial, one.sameAs])).toEqual([
    ['A', C],
    ['B', C],
    ['C', null],
  ]);
  const unknown = '01a20c7f-f471-7727-97c3-f503c7c323ee';
  expect(await mergeCameras({ camera: C, into: unknown, because: 'renumbered' })).toMatchObject({
    failure: { code: 'camera.not-registered', what: unknown },
  });
});

test('two cameras that are docked at this moment are two, and may be one when one of them has left', async () => {
  const [one, other] = ['one', 'other'].map((name) => folderVolume(name, lab.card(name, { 'DCIM/a.mp4': `evidence of ${name}` }), null));
  if (!one || !other) throw new Error('a card is not there');
  const { dockings, ledger } = lab.station;
  expect(await Promise.all([one, other].map((volume) => dockings.attach(volume).done))).toMatchObject([{ safe: true }, { safe: true }]);
  const { one: camera = '', other: into = '' } = await cameras();
  const merge = () => lab.client.docking.mergeCameras({ camera, into, because: 'other-name' });
  expect(await merge()).toMatchObject({ ok: false, failure: { code: 'camera.merge-refused', detail: 'both are docked now' } });
  dockings.detach(one);
  await until('the docking to have ended', async () => entriesOfType(ledger.reader, 'docking.ended').length === 1);
  expect(await merge()).toEqual({ ok: true, value: undefined });
});
