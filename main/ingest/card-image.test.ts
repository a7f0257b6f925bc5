import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dockedCamera, ingestContext, turnsOf } from '../../fixtures/ingest-lab.ts';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import { type CopyEngine, createPortableEngine } from '../../native/index.ts';
import { entriesOfType } from '../ledger/index.ts';
import { runDocking } from './index.ts';

/** A camera of which only images of its cards can be had; the cards are loop devices. */
let place: string;
let lab: Lab;
let engine: CopyEngine;
let loops: string[];
beforeEach(async () => {
  place = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-image-'));
  lab = await openLab(path.join(place, 'data'));
  engine = createPortableEngine(1);
  loops = [];
});
afterEach(async () => {
  await engine.close();
  await lab.close();
  for (const loop of loops) execFileSync('losetup', ['--detach', loop]);
  fs.rmSync(place, { recursive: true });
});

function card(bytes: Buffer) {
  const file = path.join(place, `card-${loops.length}`);
  fs.writeFileSync(file, bytes);
  const device = execFileSync('losetup', ['--find', '--show', '--read-only', file], { encoding: 'utf8' }).trim();
  loops.push(device);
  return { device, sizeBytes: bytes.length };
}

test('an image of each card is an original, is told as one, and never makes its camera safe; the same card again is no second one', async () => {
  const context = ingestContext(lab, engine);
  const bytes = [randomBytes(1 << 20), randomBytes(512 * 77)] as const;
  const cards = bytes.map(card);
  const run = () => {
    const camera = dockedCamera('/dev', { cards, isAlive: async () => true, weakIdentity: true });
    return runDocking(context, camera, { signal: new AbortController().signal, takeTurn: turnsOf(2), onProgress: () => undefined });
  };
  const only = [{ code: 'camera.image-only', what: 'C370042' }];
  expect(await run()).toMatchObject({ finished: true, safe: false, stored: 2, refused: 0, failures: only });
  const stored = entriesOfType(lab.ledger.reader, 'item.stored');
  expect(stored.map(({ body }) => [body.cardImage, body.readTwice, body.holes])).toEqual([
    [true, undefined, undefined],
    [true, undefined, undefined],
  ]);
  for (const { subject } of stored) {
    const sidecar = lab.vault.readSidecar(subject.id);
    const original = lab.vault.originalPath(subject.id);
    if (!sidecar.ok || !original.ok) throw new Error('not in the vault');
    expect(sidecar.value.stored?.cardImage).toBe(true);
    expect(fs.readFileSync(original.value)).toEqual(bytes[sidecar.value.source.path === 'card-1.img' ? 0 : 1]);
  }
  expect(await run()).toMatchObject({ finished: true, safe: false, stored: 0, seenAgain: 2, failures: only });
  expect(entriesOfType(lab.ledger.reader, 'docking.proven').map(({ body }) => body.safe)).toEqual([false, false]);
});
