import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { flip } from '../../fixtures/archive-lab.ts';
import { dockedCamera, ingestContext, turnsOf } from '../../fixtures/ingest-lab.ts';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import { type CopyEngine, createPortableEngine } from '../../native/index.ts';
import { entriesAbout, entriesOfType } from '../ledger/index.ts';
import { clearDocking, type DockedCamera, type DockingOutcome, type IngestContext, runDocking } from './index.ts';

let place: string;
let card: string;
let lab: Lab;
let engine: CopyEngine;
let context: IngestContext;
let mounted: string[];
beforeEach(() => {
  place = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-clear-'));
  card = path.join(place, 'card');
  fs.mkdirSync(path.join(card, 'DCIM'), { recursive: true });
  fs.writeFileSync(path.join(card, 'DCIM', 'one.mp4'), 'first clip');
  fs.writeFileSync(path.join(card, 'DCIM', 'two.mp4'), 'second clip');
  mounted = [];
});
afterEach(async () => {
  await engine.close();
  await lab.close();
  for (const at of mounted) spawnSync('umount', [at]);
  fs.rmSync(place, { recursive: true });
});

async function openIn(folder: string): Promise<void> {
  lab = await openLab(folder);
  engine = createPortableEngine(1);
  context = ingestContext(lab, engine);
}

/** Docks the card and copies everything on it. */
async function dock(expected: Partial<DockingOutcome> = { safe: true, failures: [] }): Promise<DockedCamera> {
  const camera = dockedCamera(card, {
    describe: (file) => ({
      mediaKind: file === 'camera.ini' ? 'identity' : 'video',
      extension: 'mp4',
      important: false,
      startLocal: null,
      sequence: null,
      officer: null,
      namesCamera: file.startsWith('DCIM/C370042_'),
    }),
  });
  const { signal } = new AbortController();
  const outcome = await runDocking(context, camera, { signal, takeTurn: turnsOf(2), onProgress: () => undefined });
  expect(outcome).toMatchObject({ finished: true, ...expected });
  return camera;
}

const clear = (camera: DockedCamera, confirmed: boolean, signal = new AbortController().signal) =>
  clearDocking(context, camera, { policy: 'after-confirmed', signal, confirmed: () => confirmed });
const onCard = () => fs.readdirSync(path.join(card, 'DCIM')).sort();
const refused = () => entriesOfType(lab.ledger.reader, 'clear.refused').map((entry) => entry.body.reason);

test('nothing is removed before the archive has confirmed; then each file, intended before and done after', async () => {
  await openIn(path.join(place, 'data'));
  fs.writeFileSync(path.join(card, 'camera.ini'), 'the identity of the camera');
  const camera = await dock();
  expect(await clear(camera, false)).toMatchObject({ removed: 0, kept: 2, waiting: 2, reasons: { 'clear.no-receipt': 2 } });
  expect(onCard()).toEqual(['one.mp4', 'two.mp4']);
  expect(entriesOfType(lab.ledger.reader, 'clear.intended')).toEqual([]);
  expect(await clear(camera, true)).toEqual({ removed: 2, removedBytes: 21, kept: 0, waiting: 0, reasons: {} });
  expect([onCard(), fs.readdirSync(card).sort()]).toEqual([[], ['DCIM', 'camera.ini']]);
  for (const { subject } of entriesOfType(lab.ledger.reader, 'clear.done')) {
    const steps = entriesAbout(lab.ledger.reader, 'item', subject.id).map((entry) => entry.type);
    expect(steps).toEqual(['item.stored', 'clear.intended', 'clear.done']);
  }
  expect(entriesOfType(lab.ledger.reader, 'docking.cleared')).toMatchObject([{ body: { removed: 2, kept: 0 } }]);
});

test('a file that is not the one copied stays, whatever its size and time say', async () => {
  await openIn(path.join(place, 'data'));
  const camera = await dock();
  const file = path.join(card, 'DCIM', 'one.mp4');
  const { atime, mtime } = fs.statSync(file);
  fs.writeFileSync(file, 'FIRST clip');
  fs.utimesSync(file, atime, mtime);
  expect(await clear(camera, true)).toMatchObject({ removed: 1, kept: 1, reasons: { 'clear.file-changed': 1 } });
  expect([onCard(), fs.readFileSync(file, 'utf8')]).toEqual([['one.mp4'], 'FIRST clip']);
  expect(refused()).toEqual(['clear.file-changed']);
});

test('a file by whose name the camera is known goes last, so that what is left is not taken for another camera’s', async () => {
  await openIn(path.join(place, 'data'));
  for (const [n, name] of ['one.mp4', 'two.mp4'].entries()) {
    fs.renameSync(path.join(card, 'DCIM', name), path.join(card, 'DCIM', `C370042_000${n}.mp4`));
  }
  fs.mkdirSync(path.join(card, 'LOG'));
  fs.writeFileSync(path.join(card, 'LOG', 'power.log'), 'on and off');
  const camera = await dock();
  const stored = entriesOfType(lab.ledger.reader, 'item.stored');
  const logged = stored.find((entry) => lab.ledger.records.get('item', entry.subject.id)?.['path'] === 'LOG/power.log')?.subject.id;
  const clearing = (confirmed: (itemId: string) => boolean) =>
    clearDocking(context, camera, { policy: 'after-confirmed', signal: new AbortController().signal, confirmed });
  expect(await clearing((itemId) => itemId !== logged)).toMatchObject({
    removed: 1,
    kept: 2,
    waiting: 1,
    reasons: { 'clear.no-receipt': 1, 'clear.names-camera': 1 },
  });
  expect(onCard()).toHaveLength(1);
  expect(await clearing(() => true)).toMatchObject({ removed: 2, kept: 0 });
  expect(onCard()).toEqual([]);
});

test('a write-protected card keeps its files, and that is on the ledger', async () => {
  await openIn(path.join(place, 'data'));
  execFileSync('mount', ['--bind', card, card]);
  mounted.push(card);
  execFileSync('mount', ['-o', 'remount,ro,bind', card]);
  const camera = await dock();
  expect(await clear(camera, true)).toMatchObject({ removed: 0, kept: 2, reasons: { 'clear.remove-failed': 2 } });
  expect(onCard()).toEqual(['one.mp4', 'two.mp4']);
  expect(refused()).toEqual(['clear.remove-failed', 'clear.remove-failed']);
});

test('copies on a disk whose reads prove nothing clear no camera', async () => {
  const disk = path.join(place, 'disk');
  fs.mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]);
  mounted.push(disk);
  await openIn(path.join(disk, 'data'));
  const camera = await dock();
  expect(await clear(camera, true)).toMatchObject({ removed: 0, kept: 2, reasons: { 'clear.not-proven': 2 } });
  expect(onCard()).toEqual(['one.mp4', 'two.mp4']);
});

test('a copy that the disk gives back with one bit turned is no item, the docking is not safe, and its file stays on the camera', async () => {
  await openIn(path.join(place, 'data'));
  // A disk that loses a bit of the first file between writing and reading back.
  context.engine = {
    ...engine,
    prove(at, copied, options) {
      if (at.target.endsWith('one.mp4')) flip(at.target);
      return engine.prove(at, copied, options);
    },
  };
  const camera = await dock({
    safe: false,
    stored: 1,
    failures: [{ code: 'vault.read-back-differs', what: 'C370042: DCIM/one.mp4', detail: expect.any(String) }],
  });
  expect(fs.readdirSync(lab.paths.incoming)).toEqual([]);
  expect(await clear(camera, true)).toMatchObject({ removed: 1, kept: 0 });
  expect(onCard()).toEqual(['one.mp4']);
  context.engine = engine;
  await dock({ safe: true, stored: 1, seenAgain: 0 });
});

test('a camera that is pulled while it is cleared loses nothing more', async () => {
  await openIn(path.join(place, 'data'));
  const camera = await dock();
  const pulled = new AbortController();
  const outcome = await clearDocking(context, camera, {
    policy: 'after-confirmed',
    signal: pulled.signal,
    confirmed() {
      pulled.abort();
      return true;
    },
  });
  expect(outcome).toMatchObject({ removed: 0, kept: 1, reasons: { 'docking.interrupted': 1 } });
  expect(onCard()).toEqual(['one.mp4', 'two.mp4']);
});

test('a removal that a stop cut off before it was recorded is settled by looking', async () => {
  await openIn(path.join(place, 'data'));
  const camera = await dock();
  const append = lab.ledger.append.bind(lab.ledger);
  // The station dies between removing the first file and recording it.
  context.ledger = {
    ...lab.ledger,
    append: (drafts, records) =>
      drafts.some((draft) => draft.type === 'clear.done') ? Promise.reject(new Error('killed')) : append(drafts, records),
  };
  await expect(clear(camera, true)).rejects.toThrow('killed');
  expect([onCard().length, entriesOfType(lab.ledger.reader, 'clear.done').length]).toEqual([1, 0]);
  context.ledger = lab.ledger;
  const again = await dock();
  expect(await clear(again, true)).toMatchObject({ removed: 1, kept: 0 });
  expect(entriesOfType(lab.ledger.reader, 'clear.done').map((entry) => entry.body.removed)).toEqual([false, true]);
});
