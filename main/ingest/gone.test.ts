import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dockedCamera, ingestContext, turnsOf } from '../../fixtures/ingest-lab.ts';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import { type CopyEngine, createPortableEngine } from '../../native/index.ts';
import { entriesOfType } from '../ledger/index.ts';
import { clearDocking, type DockedCamera, type DockingOutcome, type IngestContext, runDocking } from './index.ts';

// What a pulled card looks like on a real kernel: its folders are empty, without an error. Here the folder is emptied by
// hand and only the proof of life tells; fixtures/usb-lab pulls real file systems.
let place: string;
let card: string;
let lab: Lab;
let engine: CopyEngine;
let context: IngestContext;
let isHere: boolean;
let camera: DockedCamera;
beforeEach(async () => {
  place = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-gone-'));
  card = path.join(place, 'card');
  isHere = true;
  put();
  lab = await openLab(path.join(place, 'data'));
  engine = createPortableEngine(1);
  context = ingestContext(lab, engine);
  camera = dockedCamera(card, { isAlive: async () => isHere });
});
afterEach(async () => {
  await engine.close();
  await lab.close();
  fs.rmSync(place, { recursive: true });
});

function put(): void {
  fs.mkdirSync(card, { recursive: true });
  for (const name of ['one.mp4', 'two.mp4']) fs.writeFileSync(path.join(card, name), name);
}

/** The card's folders look empty from here on, and it does not answer any more. */
function pull(): void {
  isHere = false;
  for (const name of fs.readdirSync(card)) fs.rmSync(path.join(card, name));
}

function replug(): void {
  put();
  isHere = true;
}

const signal = new AbortController().signal;
const run = (): Promise<DockingOutcome> => runDocking(context, camera, { signal, takeTurn: turnsOf(2), onProgress: () => undefined });
const clear = () => clearDocking(context, camera, { policy: 'after-stored', signal, confirmed: () => true });
const written = () => lab.ledger.reader.prepare("SELECT type FROM entries WHERE type <> 'ledger.opened' ORDER BY seq").pluck().all();

test('a card that was pulled before it was listed is no empty card', async () => {
  pull();
  expect(await run()).toMatchObject({ finished: false, safe: false, failures: [] });
  expect(written()).toEqual([]);
  replug();
  expect(await run()).toMatchObject({ finished: true, safe: true, stored: 2 });
});

test('a card that was pulled while it was listed is not planned by what was seen of it', async () => {
  const { opendir } = fs.promises;
  fs.promises.opendir = async (...args) => {
    pull();
    return opendir(...args);
  };
  try {
    expect(await run()).toMatchObject({ finished: false, safe: false, failures: [] });
  } finally {
    fs.promises.opendir = opendir;
  }
  expect(written()).toEqual([]);
});

test('a half copied file of a card that is not there is gone on with, not set aside', async () => {
  const { copy } = engine;
  engine.copy = async (job, options) => {
    await copy(job, options);
    return { ok: false, failure: { code: 'source.unreadable', what: 'clip', detail: 'EIO' } };
  };
  expect(await run()).toMatchObject({ finished: true, safe: false, stored: 0 });
  engine.copy = copy;
  expect(context.vault.listPartials().partials).toHaveLength(2);
  pull();
  expect(await run()).toMatchObject({ finished: false });
  expect(entriesOfType(lab.ledger.reader, 'partial.quarantined')).toEqual([]);
  replug();
  expect(await run()).toMatchObject({ finished: true, safe: true, stored: 2 });
});

test('a file that is not there any more on a card that was pulled is not refused, and the others are not tried', async () => {
  const { copy } = engine;
  let asked = 0;
  engine.copy = async (...args) => {
    asked += 1;
    pull();
    return copy(...args);
  };
  const one = await runDocking(context, camera, { signal, takeTurn: turnsOf(1), onProgress: () => undefined });
  expect([one, asked]).toMatchObject([{ finished: false, safe: false, stored: 0, failures: [] }, 1]);
  expect(written()).toEqual(['docking.planned']);
});

test('a list made while reads failed may be short: what it shows is copied, and the camera is not safe to take', async () => {
  let errors = 3;
  camera = dockedCamera(card, { readErrors: () => errors });
  const { opendir } = fs.promises;
  fs.promises.opendir = async (...args) => {
    errors += 1;
    return opendir(...args);
  };
  try {
    expect(await run()).toMatchObject({ finished: true, safe: false, stored: 2, failures: [{ code: 'source.unreadable', what: 'C370042: ' }] });
  } finally {
    fs.promises.opendir = opendir;
  }
  expect(await run()).toMatchObject({ finished: true, safe: true });
});

test.each([
  ['has nothing to do with the list', 0, true],
  ['made the list short', 1, false],
])('a read that failed once and %s', async (_, leftOut, safe) => {
  let errors = 0;
  camera = dockedCamera(card, { readErrors: () => errors });
  const { lstat } = fs.promises;
  fs.promises.lstat = (async (...args: Parameters<typeof lstat>) => {
    const stat = await lstat(...args);
    errors = 1;
    return stat;
  }) as typeof lstat;
  // The first list is made without a file that the second finds.
  if (leftOut > 0) fs.renameSync(path.join(card, 'two.mp4'), path.join(place, 'two.mp4'));
  const { opendir } = fs.promises;
  let looks = 0;
  fs.promises.opendir = async (...args) => {
    looks += 1;
    if (looks === 2 && leftOut > 0) fs.renameSync(path.join(place, 'two.mp4'), path.join(card, 'two.mp4'));
    return opendir(...args);
  };
  try {
    expect(await run()).toMatchObject({ finished: true, safe, stored: 2 - leftOut });
    expect(looks).toBe(2);
  } finally {
    Object.assign(fs.promises, { lstat, opendir });
  }
});

test('a file is said to be removed only when a card that answers does not have it', async () => {
  expect(await run()).toMatchObject({ safe: true, stored: 2 });
  const { hash } = engine;
  engine.hash = async (...args) => {
    const hashed = await hash(...args);
    pull();
    return hashed;
  };
  expect(await clear()).toMatchObject({ removed: 0, kept: 1, reasons: { 'docking.interrupted': 1 } });
  engine.hash = hash;
  const states = () => lab.ledger.reader.prepare('SELECT state FROM clears ORDER BY state').pluck().all();
  expect(states()).toEqual(['intended']);
  // Still away: what the folder shows says nothing about the card.
  expect(await clear()).toMatchObject({ removed: 0 });
  expect(states()).toEqual(['intended']);
  replug();
  expect(await clear()).toMatchObject({ removed: 2 });
  expect(entriesOfType(lab.ledger.reader, 'clear.done').map((entry) => entry.body.removed)).toEqual([true, true]);
  expect(entriesOfType(lab.ledger.reader, 'clear.refused')).toEqual([]);
});
