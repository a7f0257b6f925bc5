import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../fixtures/e2e/evidock.ts';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { entriesOfType } from '../ledger/index.ts';
import { cardOf } from './web/port-cards.pure.ts';

let lab: StationLab;
beforeEach(async () => {
  lab = await openStationLab();
});
afterEach(async () => {
  await lab.close();
});

const policy = (key: string, value: string | number) => lab.client.station.setPolicy({ key, value });
const live = (camera: string) => lab.station.dockings.live().find((one) => one.camera === camera);
const portOf = (camera: string) => live(camera)?.port ?? 0;
const clip = (camera: string, n: number, officer = '012345', important = '') => `${camera}_${officer}_20260302140${n}00_000${n}${important}.MP4`;

/** Holds every copy at its beginning until it is let go, and tells in which order files got their turn. */
function gate() {
  const { engine } = lab.station;
  const { copy } = engine;
  const began: string[] = [];
  const open = Promise.withResolvers<void>();
  engine.copy = async (job, options) => {
    began.push(path.basename(Buffer.from(job.source).toString()));
    await Promise.race([open.promise, new Promise((resolve) => options.signal.addEventListener('abort', resolve))]);
    return copy(job, options);
  };
  return {
    began,
    letGo: () => open.resolve(),
    /** Until this many copies have begun. */
    count: (n: number) => until(`${n} copies to have begun`, async () => began.length >= n),
  };
}

/** Until every one of these cameras has its plan and waits for nothing but turns. */
const planned = (n: number) => until('the plans', async () => lab.station.dockings.live().filter((one) => one.state === 'copying').length === n);

/** One copy at a time, held at its first; then everything of these cards is ingested in the order of turns. */
async function inOrder(cards: Record<string, string[]>, then: () => Promise<unknown> = async () => undefined): Promise<string[]> {
  await policy('copies-at-once', 1);
  const held = gate();
  const first = lab.ingest(lab.card('first', { 'first.mp4': 'first' }));
  await held.count(1);
  const contents = (files: string[]) => Object.fromEntries(files.map((file) => [file, `content of ${file}`]));
  const rest = lab.ingest(...Object.entries(cards).map(([name, files]) => lab.card(name, contents(files))));
  await planned(1 + Object.keys(cards).length);
  await then();
  held.letGo();
  const results = [...(await first), ...(await rest)];
  expect(results.filter((one) => !one.safe || one.failures.length > 0)).toEqual([]);
  return held.began.slice(1);
}

test('cameras take turns file by file: one with many files and one with few both move on', async () => {
  const order = await inOrder({ many: ['m1.log', 'm2.log', 'm3.log', 'm4.log'], few: ['f1.log', 'f2.log'] });
  // The first four turns are two for each.
  expect(
    order
      .slice(0, 4)
      .map((name) => name[0])
      .sort(),
  ).toEqual(['f', 'f', 'm', 'm']);
});

test('the camera that is put first copies next, whatever waited before it, and the copy under way goes on', async () => {
  const order = await inOrder({ one: ['1.log', '2.log'], two: ['3.log', '4.log'], three: ['5.log', '6.log'] }, async () => {
    expect(await lab.client.docking.steer({ port: portOf('three'), act: 'first' })).toMatchObject({ ok: true, value: { camera: 'three' } });
  });
  expect(order.slice(0, 2).sort()).toEqual(['5.log', '6.log']);
});

test('one clip, or the files of one officer, are copied before everything else that waits, on whichever camera they are', async () => {
  const [mine, other] = [clip('C370001', 2, '054321'), clip('C370002', 2)];
  const cards = {
    one: [clip('C370001', 1), mine, clip('C370001', 3)],
    two: [clip('C370002', 1), other, clip('C370002', 3, '054321')],
  };
  const order = await inOrder(cards, async () => {
    expect(await lab.client.docking.putFirst({ port: portOf('C370002'), clip: other })).toEqual({ ok: true, value: { files: 1 } });
    expect(await lab.client.docking.putFirst({ officer: '054321' })).toEqual({ ok: true, value: { files: 2 } });
  });
  expect(order.slice(0, 3).sort()).toEqual([mine, other, clip('C370002', 3, '054321')].sort());
  // Nothing waits any more, so there is nothing that could be put first.
  expect(await lab.client.docking.putFirst({ officer: '054321' })).toMatchObject({
    ok: false,
    failure: { code: 'docking.not-copying', what: '054321' },
  });
});

test('by policy the camera with least left is finished first, or important files of all cameras come first', async () => {
  await policy('copy-order', 'smallest-first');
  expect((await inOrder({ big: ['b1.log', 'b2.log', 'b3.log'], small: ['s1.log', 's2.log'] })).slice(0, 2).sort()).toEqual(['s1.log', 's2.log']);
  await lab.close();
  lab = await openStationLab();
  await policy('copy-order', 'important-first');
  const important = [clip('C370001', 2, '012345', 'F'), clip('C370001', 3, '012345', 'F')];
  const order = await inOrder({ one: [clip('C370001', 1), ...important], two: [clip('C370002', 1), clip('C370002', 2)] });
  expect(order.slice(0, 2)).toEqual(important);
});

test('a port nothing is copied on cannot be steered', async () => {
  const notCopying = (what: string) => ({ ok: false, failure: { code: 'docking.not-copying', what } });
  for (const act of ['pause', 'resume', 'cancel', 'first'] as const) {
    expect(await lab.client.docking.steer({ port: 7, act })).toMatchObject(notCopying('7'));
  }
  await lab.ingest(lab.card('card', { 'clip.mp4': 'evidence' }));
  expect(await lab.client.docking.steer({ port: 1, act: 'pause' })).toMatchObject(notCopying('1'));
});

test('a camera that hangs does not hold up the others, even where one copy at a time is allowed', async () => {
  await lab.close();
  lab = await openStationLab({ stallMs: 50 });
  await policy('copies-at-once', 1);
  const held = gate();
  const hanging = lab.ingest(lab.card('hanging', { '1.mp4': 'one', '2.mp4': 'two' }));
  await held.count(1);
  await until('the stall to be said', async () => live('hanging')?.failures.some((one) => one.code === 'source.stalled') ?? false);
  const waits = lab.ingest(lab.card('other', { '3.mp4': 'three', '4.mp4': 'four' }));
  // The copy of the other camera is held by the same gate, so that it has begun is all there is to see; then both go.
  await held.count(2);
  expect(held.began).toEqual(['1.mp4', expect.stringMatching(/^[34]/)]);
  held.letGo();
  expect(await waits).toMatchObject([{ stored: 2, safe: true, failures: [] }]);
  expect(await hanging).toMatchObject([{ stored: 2, safe: true, failures: [] }]);
});

test('a camera that had turns and waits for the next is not said to have stalled', async () => {
  await lab.close();
  lab = await openStationLab({ stallMs: 1000 });
  await policy('copies-at-once', 1);
  const held = gate();
  const paused = lab.ingest(lab.card('paused', { '1.mp4': 'one' }));
  await held.count(1);
  await lab.client.docking.steer({ port: portOf('paused'), act: 'pause' });
  const other = lab.ingest(lab.card('other', { '2.mp4': 'two' }));
  await until('the other one to have stalled', async () => live('other')?.failures.some((one) => one.code === 'source.stalled') ?? false);
  expect(live('paused')).toMatchObject({ state: 'paused', failures: [] });
  held.letGo();
  await other;
  await lab.client.docking.steer({ port: portOf('paused'), act: 'resume' });
  expect(await paused).toMatchObject([{ stored: 1, safe: true, failures: [] }]);
});

test('a paused camera is not safe however long the others take, says who paused it, and gives its turns to the others', async () => {
  await policy('copies-at-once', 1);
  const held = gate();
  const one = lab.ingest(lab.card('one', { '1.mp4': 'one' }));
  await held.count(1);
  expect(await lab.client.docking.steer({ port: portOf('one'), act: 'pause' })).toMatchObject({
    ok: true,
    value: { state: 'paused', stoppedBy: lab.station.actor, bytesPerSecond: null },
  });
  held.letGo();
  expect(await lab.ingest(lab.card('two', { '2.mp4': 'two' }))).toMatchObject([{ safe: true }]);
  expect(live('one')).toMatchObject({ state: 'paused', doneFiles: 0, clearing: null });
  expect(fs.readdirSync(lab.station.paths.incoming)).toHaveLength(1);
  await lab.client.docking.steer({ port: portOf('one'), act: 'resume' });
  expect(await one).toMatchObject([{ stored: 1, safe: true, failures: [] }]);
  expect(fs.readdirSync(lab.station.paths.incoming)).toEqual([]);
  expect(entriesOfType(lab.station.ledger.reader, 'docking.planned')).toHaveLength(2);
});

test('cancelled, a camera says what is not copied and the ledger who did it; docked again, all of it is copied', async () => {
  await policy('copies-at-once', 1);
  await policy('clear', 'after-stored');
  const card = lab.card('card', { 'a.log': 'first', 'b.mp4': 'second', 'c.mp4': 'third' });
  const { engine } = lab.station;
  const { copy } = engine;
  let copies = 0;
  const second = Promise.withResolvers<void>();
  engine.copy = async (job, options) => {
    copies += 1;
    if (copies !== 2) return copy(job, options);
    second.resolve();
    await new Promise((resolve) => options.signal.addEventListener('abort', resolve));
    return copy(job, options);
  };
  const ingested = lab.ingest(card);
  await second.promise;
  const cancelled = await lab.client.docking.steer({ port: 1, act: 'cancel' });
  const left = fs
    .readdirSync(card)
    .filter(
      (name) =>
        !entriesOfType(lab.station.ledger.reader, 'item.stored').some(
          (entry) => lab.station.ledger.records.get('item', entry.subject.id)?.['path'] === name,
        ),
    );
  expect(left).toHaveLength(2);
  const failures = [{ code: 'docking.cancelled', what: 'card' }, ...left.map((name) => ({ code: 'source.not-stored', what: `card: ${name}` }))];
  expect(cancelled).toMatchObject({ ok: true, value: { state: 'attention', clearing: null, stoppedBy: lab.station.actor } });
  expect(await ingested).toMatchObject([{ stored: 1, safe: false }]);
  expect(cancelled.ok && cancelled.value.failures.map(({ code, what }) => ({ code, what }))).toEqual(expect.arrayContaining(failures));
  const bytes = left.reduce((sum, name) => sum + fs.statSync(path.join(card, name)).size, 0);
  const reader = lab.station.ledger.reader;
  expect(entriesOfType(reader, 'docking.cancelled')).toMatchObject([{ actor: lab.station.actor, body: { files: 2, bytes } }]);
  expect(entriesOfType(reader, 'docking.proven')).toEqual([]);
  expect(entriesOfType(reader, 'docking.ended')).toMatchObject([{ body: { clean: false } }]);
  expect(fs.readdirSync(card)).toHaveLength(3);
  await policy('clear', 'never');
  expect(await lab.ingest(card)).toMatchObject([{ stored: 2, seenAgain: 1, safe: true, failures: [] }]);
  expect(fs.readdirSync(lab.station.paths.incoming)).toEqual([]);
});

test('eight cameras of very different files are served equal shares of bytes while all of them have some', async () => {
  const sizes = [300_000, 400_000, 500_000, 750_000, 1_000_000, 1_500_000, 2_000_000, 3_000_000];
  const total = 12_000_000;
  await policy('copies-at-once', 3);
  const cards = sizes.map((size, n) =>
    lab.card(`camera-${n}`, Object.fromEntries(Array.from({ length: total / size }, (_, at) => [`${at}.bin`, Buffer.alloc(size, `${n} ${at} `)]))),
  );
  const held = gate();
  const ingested = lab.ingest(...cards);
  await planned(sizes.length);
  held.letGo();
  expect((await ingested).filter((one) => !one.safe)).toEqual([]);
  const stored = entriesOfType(lab.station.ledger.reader, 'item.stored');
  const shares = new Map(sizes.map((_, n) => [`camera-${n}`, 0]));
  let widest = 0;
  for (const entry of stored) {
    const camera = lab.station.vault.readSidecar(entry.subject.id);
    if (!camera.ok) throw new Error(camera.failure.code);
    const { serial } = camera.value.camera;
    shares.set(serial, (shares.get(serial) ?? 0) + entry.body.sizeBytes);
    if ([...shares.values()].some((bytes) => bytes === total)) break;
    widest = Math.max(widest, Math.max(...shares.values()) - Math.min(...shares.values()));
  }
  // Each of a pair may be one file of its own ahead, and files under way are not stored yet.
  expect(widest).toBeLessThanOrEqual(2 * 3_000_000);
  expect(Math.min(...shares.values()) / Math.max(...shares.values())).toBeGreaterThan(0.5);
  process.stderr.write(`shares when the first is done: ${[...shares.values()].join(' ')}, widest apart ${widest}\n`);
});

test('by policy cameras are copied before any of them is read back; meanwhile a card says that it is being proven', async () => {
  await policy('copies-at-once', 1);
  await policy('read-back', 'after-copying');
  const { engine } = lab.station;
  const { copy, prove } = engine;
  const calls: string[] = [];
  const open = Promise.withResolvers<void>();
  engine.copy = (job, options) => {
    calls.push('copy');
    return copy(job, options);
  };
  engine.prove = async (...given) => {
    calls.push('prove');
    await open.promise;
    return prove(...given);
  };
  const held = gate();
  const ingested = lab.ingest(lab.card('one', { '1.mp4': 'one' }), lab.card('two', { '2.mp4': 'two', '3.mp4': 'three', '4.mp4': 'four' }));
  await planned(2);
  held.letGo();
  await until('the first to be read back', async () => calls.includes('prove'));
  expect(calls).toEqual(['copy', 'copy', 'copy', 'copy', 'prove']);
  for (const name of ['one', 'two']) {
    const card = live(name);
    expect(card && cardOf(card, { officer: null, stoppedBy: null }, 0, 'never')).toMatchObject({ state: 'proving', doneFiles: 0 });
  }
  open.resolve();
  expect(await ingested).toMatchObject([
    { stored: 1, safe: true, failures: [] },
    { stored: 3, safe: true, failures: [] },
  ]);
});

test('a bug met in copying one camera ends that camera alone, and its turn is free for the others', async () => {
  await policy('copies-at-once', 1);
  const { engine } = lab.station;
  const { copy } = engine;
  engine.copy = async (job, options) => {
    if (path.basename(Buffer.from(job.source).toString()).startsWith('bug')) throw new Error('a bug of the engine');
    return copy(job, options);
  };
  const results = await lab.ingest(lab.card('one', { 'bug-1.mp4': '1', 'bug-2.mp4': '2' }), lab.card('two', { 'a.mp4': 'a', 'b.mp4': 'b' }));
  expect(results).toMatchObject([
    { stored: 0, safe: false, failures: [{ code: 'internal.bug' }] },
    { stored: 2, safe: true, failures: [] },
  ]);
});

test('a station that closes ends every copy, held, waiting or paused, and says so', async () => {
  await policy('copies-at-once', 1);
  const held = gate();
  const all = lab.ingest(lab.card('one', { '1.mp4': 'one' }), lab.card('two', { '2.mp4': 'two' }), lab.card('three', { '3.mp4': 'three' }));
  await held.count(1);
  await planned(3);
  await lab.client.docking.steer({ port: portOf('three'), act: 'pause' });
  // A source given by command is detached when its copying ends, so nothing is left of it to be resumed.
  await Promise.all([lab.station.dockings.close(), all.catch(() => undefined)]);
  expect(entriesOfType(lab.station.ledger.reader, 'docking.interrupted').length).toBeGreaterThanOrEqual(3);
});
