import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type MtpResponder, mtpObjects, mtpPipe } from '../../fixtures/cameras/mtp-pipe.ts';
import { dockedCamera, ingestContext, turnsOf } from '../../fixtures/ingest-lab.ts';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import { type CopyEngine, createPortableEngine } from '../../native/index.ts';
import { openMtpObjects } from '../dock/protocols/mtp/objects.ts';
import { openMtpSession } from '../dock/protocols/mtp/session.ts';
import { entriesOfType } from '../ledger/index.ts';
import { clearDocking, type DockedCamera, type IngestContext, runDocking } from './index.ts';

/** A camera that speaks MTP, from its pipe to the vault and back to its deletions. */
let place: string;
let lab: Lab;
let engine: CopyEngine;
let context: IngestContext;
beforeEach(async () => {
  place = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-remote-'));
  lab = await openLab(path.join(place, 'data'));
  engine = createPortableEngine(1);
  context = ingestContext(lab, engine);
});
afterEach(async () => {
  await engine.close();
  await lab.close();
  fs.rmSync(place, { recursive: true });
});

const FILES = {
  'DCIM/one.mp4': Buffer.alloc(700_000, 'first clip '),
  'DCIM/two.mp4': Buffer.alloc(2000, 'second clip '),
  'LOG/a.log': Buffer.from('log'),
};
const { signal } = new AbortController();

async function plug(is: Partial<MtpResponder>, as: Partial<DockedCamera> = {}) {
  const device = mtpPipe(is);
  const session = await openMtpSession(device.pipe);
  const objects = session.ok ? await openMtpObjects(session.value) : session;
  if (!objects.ok) throw new Error(objects.failure.detail);
  const camera = dockedCamera('/run/no-such-folder', { remote: objects.value.files, isAlive: objects.value.isAlive, ...as });
  return { device, camera };
}

const run = (camera: DockedCamera) => runDocking(context, camera, { signal, takeTurn: turnsOf(2), onProgress: () => undefined });
const clear = (camera: DockedCamera) => clearDocking(context, camera, { policy: 'after-stored', signal, confirmed: () => true });
const of = <T extends Parameters<typeof entriesOfType>[1]>(type: T) => entriesOfType(lab.ledger.reader, type);
const held = ({ device }: Awaited<ReturnType<typeof plug>>) => device.camera.objects.filter(({ bytes }) => bytes).map(({ name }) => name);

test('what a camera gives over MTP is read twice, stored, and removed from it once it was read a third time', async () => {
  const docked = await plug({ objects: mtpObjects(FILES) });
  expect(await run(docked.camera)).toMatchObject({ finished: true, safe: true, stored: 3 });
  const stored = of('item.stored');
  expect(stored.map(({ body }) => body.readTwice)).toEqual([true, true, true]);
  for (const { subject } of stored) {
    const sidecar = lab.vault.readSidecar(subject.id);
    const original = lab.vault.originalPath(subject.id);
    if (!sidecar.ok || !original.ok) throw new Error('not in the vault');
    expect(sidecar.value.stored?.readTwice).toBe(true);
    expect(fs.readFileSync(original.value)).toEqual(FILES[sidecar.value.source.path as keyof typeof FILES]);
  }
  expect(await clear(docked.camera)).toMatchObject({ removed: 3, kept: 0 });
  expect(held(docked)).toEqual([]);
  expect(of('clear.done').map(({ body }) => body.removed)).toEqual([true, true, true]);
});

test('a file that reads otherwise the second time is not stored, its camera not safe, and the file not removed', async () => {
  const reads: MtpResponder['reads'] = ({ name }, _, piece, nth) => (name === 'two.mp4' && nth === 2 ? Buffer.from(piece).fill(0, 3, 4) : piece);
  const docked = await plug({ objects: mtpObjects(FILES), reads });
  const outcome = await run(docked.camera);
  expect(outcome).toMatchObject({
    finished: true,
    safe: false,
    stored: 2,
    failures: [{ code: 'source.reads-differ', what: 'C370042: DCIM/two.mp4' }],
  });
  expect(lab.vault.listPartials().partials).toEqual([]);
  await clear(docked.camera);
  expect(held(docked)).toEqual(['two.mp4']);
});

test('a file whose bytes are others when it is to be removed stays', async () => {
  const docked = await plug({ objects: mtpObjects(FILES), reads: (_, __, piece, nth) => (nth === 3 ? Buffer.from(piece).fill(0, 0, 1) : piece) });
  expect(await run(docked.camera)).toMatchObject({ safe: true });
  expect(await clear(docked.camera)).toMatchObject({ removed: 0, reasons: { 'clear.file-changed': 3 } });
  expect(docked.device.asked).not.toContain(0x100b);
});

test('a deletion that the camera only says it made is not one', async () => {
  const docked = await plug({ objects: mtpObjects(FILES), keepsDeleted: true });
  await run(docked.camera);
  expect(await clear(docked.camera)).toMatchObject({ removed: 0, reasons: { 'clear.remove-failed': 3 } });
  expect(of('clear.done')).toEqual([]);
});

test('pulled after any number of requests, it goes on where it was, with other handles, and nothing is lost or doubled', async () => {
  const whole = await plug({ objects: mtpObjects(FILES) });
  await run(whole.camera);
  await clear(whole.camera);
  const requests = whole.device.asked.length;
  let cleared = 0;
  for (let goneAfter = 6; goneAfter < requests; goneAfter += 3) {
    const serial = `C37${String(goneAfter).padStart(4, '0')}`;
    const cameraId = `01a20c7f-f471-7727-97c3-${String(goneAfter).padStart(12, '0')}`;
    const objects = mtpObjects(FILES);
    const pulled = await plug({ objects, goneAfter }, { serial, cameraId });
    if ((await run(pulled.camera)).finished) await clear(pulled.camera);
    const left = pulled.device.camera.objects;
    cleared += objects.length - left.length;
    const stored = of('item.stored').filter(({ refs }) => refs.some(({ id }) => id === cameraId));
    for (const gone of objects.filter((one) => !left.includes(one))) {
      expect(
        stored.some(({ body }) => body.sizeBytes === gone.bytes?.length),
        `${gone.name} after ${goneAfter}`,
      ).toBe(true);
    }
    const again = await plug(
      { objects: left.map((one) => ({ ...one, handle: one.handle + 1000, parent: one.parent === 0xffffffff ? one.parent : one.parent + 1000 })) },
      { serial, cameraId, dockingId: pulled.camera.dockingId },
    );
    expect(await run(again.camera), `after ${goneAfter}`).toMatchObject({ finished: true, safe: true, failures: [] });
    await clear(again.camera);
    expect(held(again)).toEqual([]);
    const items = of('item.stored').filter(({ refs }) => refs.some(({ id }) => id === cameraId));
    expect(items.map(({ body }) => body.sizeBytes).sort(), `after ${goneAfter}`).toEqual([2000, 3, 700_000]);
    expect(of('file.refused')).toEqual([]);
    const open = new Set(of('clear.intended').map(({ subject }) => subject.id));
    for (const { subject } of of('clear.done')) open.delete(subject.id);
    expect([...open]).toEqual([]);
  }
  expect(cleared).toBeGreaterThan(3);
});
