import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enginesHere } from '../../fixtures/copy-lab.ts';
import { dockedCamera, ingestContext, turnsOf } from '../../fixtures/ingest-lab.ts';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import type { CopyEngine } from '../../native/index.ts';
import { entriesOfType } from '../ledger/index.ts';
import { type DockedCamera, type DockingProgress, type IngestContext, runDocking } from './index.ts';

/** A camera whose files are all copied before the first of them is read back. */
let place: string;
let card: string;
let lab: Lab;
let files: Map<string, Buffer>;
beforeEach(async () => {
  place = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-later-'));
  card = path.join(place, 'card');
  fs.mkdirSync(card);
  files = new Map(['1.mp4', '2.mp4', '3.mp4'].map((name, n) => [name, randomBytes(1_500_000 + n)]));
  for (const [name, bytes] of files) fs.writeFileSync(path.join(card, name), bytes);
  lab = await openLab(path.join(place, 'data'));
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(place, { recursive: true });
});

const stored = () => entriesOfType(lab.ledger.reader, 'item.stored');

/** The card's camera, whose clips began one after another as their names say. */
function cameraOf(is: Partial<DockedCamera> = {}): DockedCamera {
  const camera = dockedCamera(card);
  const describe = (file: string) => ({ ...camera.describe(file), mediaKind: 'video' as const, startLocal: `2026-03-02T14:0${file[0]}:00` });
  return { ...camera, describe, ...is };
}

/** Every item in the vault holds the bytes that the camera has under its name. */
function expectItems(names: readonly string[]): void {
  const held = stored().map(({ subject }) => lab.vault.originalPath(subject.id));
  const found = held.map((file) => (file.ok ? path.basename(file.value) : file.failure.code));
  expect(found.sort()).toEqual([...names].sort());
  for (const file of held) expect(file.ok && fs.readFileSync(file.value).equals(files.get(path.basename(file.value)) as Buffer)).toBe(true);
}

function flip(file: string, at: number): void {
  const bytes = fs.readFileSync(file);
  bytes[at] = (bytes[at] as number) ^ 1;
  fs.writeFileSync(file, bytes, { flush: true });
}

describe.each(enginesHere())('$name', ({ start }) => {
  let engine: CopyEngine;
  let context: IngestContext;
  beforeEach(() => {
    engine = start();
    context = { ...ingestContext(lab, engine), provesLater: () => true };
  });
  afterEach(() => engine.close());

  type Seen = { call: 'copy' | 'prove' | 'hash'; name: string; file: string; progress: DockingProgress };

  /** Docks the card, one file at a time, and says which calls of the engine there were, in their order. */
  async function dock(camera: DockedCamera, atCall: (seen: Seen) => void = () => undefined, signal = new AbortController().signal) {
    const calls: string[] = [];
    let progress: DockingProgress;
    const seen = (call: Seen['call'], file: string) => {
      const name = path.basename(file);
      calls.push(`${call} ${name}`);
      atCall({ call, name, file, progress: { ...progress } });
    };
    const watched: CopyEngine = {
      ...engine,
      copy(job, options) {
        seen('copy', job.target);
        return engine.copy(job, options);
      },
      prove(at, copied, options) {
        seen('prove', at.target);
        return engine.prove(at, copied, options);
      },
      hash(source, options) {
        seen('hash', Buffer.from(source).toString());
        return engine.hash(source, options);
      },
    };
    const onProgress = (now: DockingProgress) => {
      progress = now;
    };
    const outcome = await runDocking({ ...context, engine: watched }, camera, { signal, takeTurn: turnsOf(1), onProgress });
    return { outcome, calls };
  }

  test('everything is copied before anything is proven, and nothing is an item before', async () => {
    const before: unknown[] = [];
    const { outcome, calls } = await dock(cameraOf(), ({ call, progress }) => {
      if (call === 'prove') before.push([stored().length, progress.doneFiles, progress.bytes - progress.doneBytes]);
    });
    expect(calls).toEqual(['copy 1.mp4', 'copy 2.mp4', 'copy 3.mp4', 'prove 1.mp4', 'prove 2.mp4', 'prove 3.mp4']);
    expect(before).toEqual([0, 1, 2].map((n) => [n, n, 0]));
    expect(outcome).toMatchObject({ finished: true, safe: true, stored: 3, failures: [] });
    expectItems([...files.keys()]);
    expect(lab.vault.listPartials()).toEqual({ partials: [], unreadable: [] });
  });

  test('what is probably known is read before the new ones are proven', async () => {
    await dock(cameraOf());
    files.set('4.mp4', randomBytes(70_000));
    fs.writeFileSync(path.join(card, '4.mp4'), files.get('4.mp4') as Buffer);
    const { outcome, calls } = await dock(cameraOf());
    expect(calls).toEqual(['copy 4.mp4', 'hash 1.mp4', 'hash 2.mp4', 'hash 3.mp4', 'prove 4.mp4']);
    expect(outcome).toMatchObject({ safe: true, stored: 1, seenAgain: 3 });
    expectItems([...files.keys()]);
  });

  test('a bit that turned on the disk in between is found, and the file copied from the camera once more', async () => {
    let turned = false;
    const { outcome, calls } = await dock(cameraOf(), ({ call, name, file }) => {
      if (call !== 'prove' || name !== '2.mp4' || turned) return;
      flip(file, 1_400_000);
      turned = true;
    });
    expect(calls.slice(3)).toEqual(['prove 1.mp4', 'prove 2.mp4', 'copy 2.mp4', 'prove 2.mp4', 'prove 3.mp4']);
    expect(outcome).toMatchObject({ finished: true, safe: true, stored: 3, resumedBytes: 0, failures: [] });
    expectItems([...files.keys()]);
  });

  test('a disk that never holds what it was given fails the file, and no other', async () => {
    const { outcome, calls } = await dock(cameraOf(), ({ call, name, file }) => {
      if (call === 'prove' && name === '2.mp4') flip(file, 0);
    });
    expect(calls.filter((call) => call.endsWith('2.mp4'))).toEqual(['copy 2.mp4', 'prove 2.mp4', 'copy 2.mp4', 'prove 2.mp4']);
    expect(outcome).toMatchObject({
      finished: true,
      safe: false,
      stored: 2,
      failures: [{ code: 'vault.read-back-differs', what: 'C370042: 2.mp4' }],
    });
    expectItems(['1.mp4', '3.mp4']);
    expect(lab.vault.listPartials().partials).toEqual([]);
  });

  test('pulled before the proof, nothing is said of the camera; docked again, every file is compared and proven', async () => {
    const gone = new AbortController();
    const camera = cameraOf();
    const pulled = await dock(camera, ({ call }) => call === 'prove' && gone.abort(), gone.signal);
    const left = { files: 3, bytes: [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0), names: [...files.keys()] };
    expect(pulled.outcome).toMatchObject({ finished: false, safe: false, stored: 0, failures: [], left });
    expect([stored(), entriesOfType(lab.ledger.reader, 'docking.proven')]).toEqual([[], []]);
    // What its rows say is believed by nobody: neither the bytes, nor that they were copied.
    flip(lab.vault.listPartials().partials.find(({ file }) => file.endsWith('3.mp4'))?.file ?? '', 1_000_000);
    const { outcome, calls } = await dock({ ...camera, dockingId: camera.dockingId });
    expect(calls).toEqual(['copy 1.mp4', 'copy 2.mp4', 'copy 3.mp4', 'prove 1.mp4', 'prove 2.mp4', 'prove 3.mp4']);
    expect(outcome).toMatchObject({ finished: true, safe: true, stored: 3, resumedBytes: left.bytes - (1_500_002 - 1_000_000) });
    expectItems([...files.keys()]);
  });

  test('a camera that is no longer there makes nothing safe, whatever of it can be proven', async () => {
    let here = true;
    const camera = cameraOf({ isAlive: async () => here });
    const { outcome } = await dock(camera, ({ call }) => {
      if (call === 'prove') here = false;
    });
    expect(outcome).toMatchObject({ finished: false, safe: false, failures: [] });
    expect(entriesOfType(lab.ledger.reader, 'docking.proven')).toEqual([]);
  });
});
