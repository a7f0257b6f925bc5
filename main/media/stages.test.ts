import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import { CODECS, makeMedia, newCamera, type Shot, storeShot } from '../../fixtures/media-lab.ts';
import type { EntryType } from '../contract/entries/index.ts';
import { type Consumer, entriesOfType, latestEntry, type RunningConsumer, runConsumer } from '../ledger/index.ts';
import { derivativeStage, groupStage, type MediaContext, probeStage } from './index.ts';

const media = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-stages-'));
let lab: Lab;
let context: MediaContext;
let nowMs: number;
let running: RunningConsumer[];
let bugs: unknown[];
const clips = { h264: Buffer.alloc(0), hevc: Buffer.alloc(0), cut: Buffer.alloc(0), photo: Buffer.alloc(0) };

beforeAll(() => {
  const read = (name: string, what: Parameters<typeof makeMedia>[2]) => fs.readFileSync(makeMedia(media, name, what));
  clips.h264 = read('a.mp4', { seconds: 2, args: [...CODECS.h264, '-c:a', 'aac'] });
  clips.hevc = read('b.mp4', { seconds: 2, args: [...CODECS.hevc, '-c:a', 'aac'] });
  clips.cut = clips.h264.subarray(0, clips.h264.length >> 1);
  clips.photo = read('p.jpg', { seconds: 1, sound: false, args: ['-frames:v', '1'] });
});
afterAll(() => fs.rmSync(media, { recursive: true, force: true }));

beforeEach(async () => {
  lab = await openLab();
  nowMs = Date.parse('2026-03-02T08:00:00.000Z');
  running = [];
  bugs = [];
  context = {
    ledger: lab.ledger,
    vault: lab.vault,
    derived: lab.paths.derived,
    now: () => new Date(nowMs).toISOString(),
    partialCloseAfterHours: () => 12,
    idsOfCamera: (id) => [id],
    comingFromMs: () => null,
    vaultReserveBytes: () => 0,
  };
});
afterEach(async () => {
  for (const consumer of running) await consumer.stop();
  await lab.close();
  expect(bugs).toEqual([]);
});

function run(...stages: Consumer[]): RunningConsumer[] {
  const started = stages.map((stage) => runConsumer(lab.ledger, lab.work, stage, (error) => bugs.push(error)));
  running.push(...started);
  return started;
}

/** Resolves when a whole round of the running stages added nothing to the ledger. */
async function quiet(): Promise<void> {
  const head = () => (lab.ledger.reader.prepare('SELECT max(seq) AS seq FROM entries').get() as { seq: number }).seq;
  for (let before = -1; before !== head(); ) {
    before = head();
    for (const consumer of running) await consumer.idle();
  }
}

const docking = (type: EntryType, dockingId: string, cameraId: string, body: object) =>
  lab.ledger.append([
    {
      type,
      subject: { kind: 'docking', id: dockingId },
      refs: [{ kind: 'camera', id: cameraId, role: 'camera' }],
      actor: { kind: 'system', id: 'lab' },
      at: context.now(),
      body,
    } as Parameters<Lab['ledger']['append']>[0][number],
  ]);
const PROVEN = { stored: 1, storedBytes: 1, seenAgain: 0, refused: 0, failed: 0, safe: true };
const STARTED = { port: 1, profile: 'p', identitySource: 'operator', identityCheck: 'none', mountMode: 'ro', fileSystem: 'vfat' };

/** One camera at one docking; items are stored with short words. */
function shots() {
  const dockingId = uuidv7();
  const { cameraId, officerId } = newCamera();
  const store = (name: string, bytes: Uint8Array, more: Partial<Shot> = {}) =>
    storeShot(lab, { cameraId, dockingId, officerId, path: `VIDEO/${name}`, mediaKind: 'video', bytes, ...more });
  return { dockingId, cameraId, officerId, store };
}

const units = () => entriesOfType(lab.ledger.reader, 'unit.closed');

test('a docking becomes recordings with their sidecars, the cut clip kept and marked, everything else in units of its own', async () => {
  const { dockingId, cameraId, officerId, store } = shots();
  const first = await store('1.mp4', clips.hevc, { startLocal: '2026-03-02T14:00:00', sequence: 1 });
  const cut = await store('2.mp4', clips.cut, { startLocal: '2026-03-02T14:00:02', sequence: 2 });
  const later = await store('3.mp4', clips.h264, { startLocal: '2026-03-02T15:00:00', sequence: 3 });
  const gps = await store('1.gps', Buffer.from('$GPRMC'), { mediaKind: 'track' });
  const photo = await store('p.jpg', clips.photo, { mediaKind: 'photo', path: 'PHOTO/p.jpg' });
  const log = await store('s.log', Buffer.from('on'), { mediaKind: 'log', path: 'LOG/s.log' });
  await docking('docking.proven', dockingId, cameraId, PROVEN);
  run(probeStage(context), groupStage(context), derivativeStage(context));
  await quiet();

  const bodies = units().map((unit) => unit.body);
  expect(bodies.map((body) => [body.kind, body.items.map((one) => [one.itemId, one.role, one.damaged])])).toEqual([
    [
      'recording',
      [
        [first, 'clip', false],
        [cut, 'clip', true],
        [gps, 'sidecar', false],
      ],
    ],
    ['recording', [[later, 'clip', false]]],
    ['loose', [[photo, 'loose', false]]],
    ['docking', [[log, 'log', false]]],
  ]);
  expect(bodies[0]).toMatchObject({ durationMs: null, continues: null, start: { local: '2026-03-02T14:00:00', source: 'name' } });
  expect(units()[0]?.refs.slice(0, 3)).toEqual([
    { kind: 'camera', id: cameraId, role: 'camera' },
    { kind: 'docking', id: dockingId, role: 'docking' },
    { kind: 'person', id: officerId, role: 'officer' },
  ]);
  expect(units().map((unit) => unit.cause?.step)).toEqual([`unit-${first}`, `unit-${later}`, `unit-${photo}`, 'done']);
  expect(latestEntry(lab.ledger.reader, 'item.probed', cut)?.body).toMatchObject({ outcome: 'damaged', damage: 'no-moov' });
  expect(lab.ledger.reader.prepare('SELECT count(*) AS n FROM ungrouped_items').get()).toEqual({ n: 0 });

  const made = entriesOfType(lab.ledger.reader, 'derivative.made');
  expect(made.map((entry) => [entry.subject.id, entry.body.kind])).toEqual([
    [first, 'poster'],
    [first, 'proxy'],
    [later, 'poster'],
    [photo, 'poster'],
  ]);
  for (const { body } of made) expect(fs.statSync(path.join(lab.paths.derived, body.unitId, body.file)).size).toBe(body.sizeBytes);
  expect(made[0]?.body.tool).toMatch(/^ffmpeg \d/);
  expect(entriesOfType(lab.ledger.reader, 'derivative.failed')).toEqual([]);
});

test('grouping waits for the last probe', async () => {
  const { dockingId, cameraId, store } = shots();
  await store('1.mp4', clips.h264);
  await docking('docking.proven', dockingId, cameraId, PROVEN);
  const stage = groupStage(context);
  const [proven] = entriesOfType(lab.ledger.reader, 'docking.proven');
  if (!proven) throw new Error('no docking');
  const grouping = stage.handle(proven, new AbortController().signal);
  expect(units()).toEqual([]);
  run(probeStage(context));
  expect(await grouping).toBe('settled');
  expect(units()).toHaveLength(1);
});

test('a recording that nothing to come can join is closed while the camera is being copied', async () => {
  const { cameraId, dockingId, store } = shots();
  let coming: string | null = '2026-03-02T14:00:02';
  context.comingFromMs = () => (coming === null ? null : Date.parse(`${coming}Z`));
  const [grouping] = run(groupStage(context), probeStage(context));
  const gps = await store('1.gps', Buffer.from('$GPRMC'), { mediaKind: 'track' });
  const first = await store('1.mp4', clips.h264, { startLocal: '2026-03-02T14:00:00', sequence: 1 });
  const same = await store('x.mp4', clips.hevc, { startLocal: '2026-03-02T14:30:00', path: 'FRONT/x.mp4' });
  const twin = await store('x.mp4', clips.h264, { startLocal: '2026-03-02T14:40:00', path: 'REAR/x.mp4' });
  await quiet();
  expect(units()).toEqual([]);

  coming = '2026-03-02T15:00:00';
  const second = await store('2.mp4', clips.h264, { startLocal: '2026-03-02T14:00:02', sequence: 2 });
  await quiet();
  const members = () => units().map((unit) => unit.body.items.map((one) => one.itemId));
  expect(members()).toEqual([[first, second, gps]]);

  coming = null;
  const third = await store('3.mp4', clips.h264, { startLocal: '2026-03-02T15:00:00', sequence: 3 });
  await quiet();
  expect(members()).toHaveLength(1);
  await docking('docking.proven', dockingId, cameraId, PROVEN);
  await quiet();
  expect(members()).toEqual([[first, second, gps], [same], [twin], [third]]);
  expect(units().map((unit) => unit.body.continues)).toEqual([null, null, null, null]);
  expect(grouping?.waiting()).toBe(0);
});

test('a stop while grouping waits leaves everything for the next start', async () => {
  const { dockingId, cameraId, store } = shots();
  await store('1.mp4', clips.h264);
  await docking('docking.proven', dockingId, cameraId, PROVEN);
  const [proven] = entriesOfType(lab.ledger.reader, 'docking.proven');
  if (!proven) throw new Error('no docking');
  const abort = new AbortController();
  const grouping = groupStage(context).handle(proven, abort.signal);
  abort.abort();
  expect(await grouping).toBe('later');
  run(probeStage(context), groupStage(context));
  await quiet();
  expect(units()).toHaveLength(1);
});

test('two dockings of one camera that are grouped at the same time share no item', async () => {
  const { dockingId, cameraId, store } = shots();
  await store('1.mp4', clips.h264);
  await docking('docking.proven', dockingId, cameraId, PROVEN);
  await store('2.mp4', clips.hevc, { dockingId: uuidv7() });
  await docking('docking.proven', uuidv7(), cameraId, PROVEN);
  const stage = groupStage(context);
  const both = entriesOfType(lab.ledger.reader, 'docking.proven').map((entry) => stage.handle(entry, new AbortController().signal));
  run(probeStage(context));
  expect(await Promise.all(both)).toEqual(['settled', 'settled']);
  expect(units().flatMap((unit) => unit.body.items)).toHaveLength(2);
});

test('an append that a crash cut short is completed, and no item is lost under a step that was used', async () => {
  const { dockingId, cameraId, store } = shots();
  const ids = [await store('1.mp4', clips.h264), await store('2.mp4', clips.h264), await store('3.mp4', clips.h264)];
  run(probeStage(context));
  await quiet();
  const [proven] = await docking('docking.proven', dockingId, cameraId, PROVEN);
  if (!proven) throw new Error('no docking');
  // What is left when the open segment is torn after the first line of three.
  const refs = [
    { kind: 'camera' as const, id: cameraId, role: 'camera' },
    { kind: 'docking' as const, id: dockingId, role: 'docking' },
  ];
  const items = [{ itemId: ids[0] as string, role: 'clip' as const, damaged: false, durationMs: null }];
  const body = { kind: 'recording' as const, items, start: null, durationMs: null, continues: null };
  const cause = { consumer: 'group', seq: proven.seq, step: `unit-${ids[0]}` };
  await lab.ledger.append([
    { type: 'unit.closed', subject: { kind: 'unit', id: uuidv7() }, refs, actor: { kind: 'system', id: 'group' }, at: context.now(), body, cause },
  ]);
  run(groupStage(context));
  await quiet();
  expect(
    units()
      .flatMap((unit) => unit.body.items.map((one) => one.itemId))
      .sort(),
  ).toEqual([...ids].sort());
});

test.each(['the same camera', 'a camera it was merged into'])(
  'what a camera left behind is closed after the hours of policy, and a clip found later on %s goes on from it',
  async (which) => {
    const { dockingId, cameraId, store } = shots();
    const later = which === 'the same camera' ? cameraId : uuidv7();
    context.idsOfCamera = () => [...new Set([later, cameraId])];
    await store('1.mp4', clips.h264, { startLocal: '2026-03-02T14:00:00' });
    await docking('docking.ended', dockingId, cameraId, { clean: false });
    run(probeStage(context));
    const [grouping] = run(groupStage(context));
    await quiet();
    expect([units().length, grouping?.waiting()]).toEqual([0, 1]);
    nowMs += 12 * 3_600_000;
    grouping?.retry();
    await quiet();
    expect([units().length, grouping?.waiting()]).toEqual([1, 0]);
    const next = uuidv7();
    await docking('docking.started', next, later, STARTED);
    await store('2.mp4', clips.hevc, { startLocal: '2026-03-02T14:00:02', dockingId: next, cameraId: later });
    await docking('docking.proven', next, later, PROVEN);
    await quiet();
    expect(units().map((unit) => unit.body.continues)).toEqual([null, units()[0]?.subject.id]);
  },
);

test.each([
  ['docking.ended', { clean: false }],
  ['docking.interrupted', { reason: 'station-stopped' }],
] as const)('%s: a camera that is back decides about its items at its next docking', async (type, body) => {
  const { dockingId, cameraId, store } = shots();
  await store('1.mp4', clips.h264);
  await docking(type, dockingId, cameraId, body);
  await docking('docking.started', uuidv7(), cameraId, STARTED);
  nowMs += 24 * 3_600_000;
  run(probeStage(context));
  const [grouping] = run(groupStage(context));
  await quiet();
  expect([units().length, grouping?.waiting()]).toEqual([0, 0]);
});

test('an item whose bytes are gone from the vault does not hold up the others', async () => {
  const { dockingId, cameraId, store } = shots();
  const [gone, damaged, whole] = [await store('1.mp4', clips.h264), await store('2.mp4', clips.h264), await store('3.mp4', clips.h264)];
  fs.rmSync(path.join(lab.vault.itemFolder(gone), '1.mp4'));
  fs.chmodSync(path.join(lab.vault.itemFolder(damaged), 'item.json'), 0o600);
  fs.writeFileSync(path.join(lab.vault.itemFolder(damaged), 'item.json'), '{');
  await docking('docking.proven', dockingId, cameraId, PROVEN);
  run(probeStage(context), groupStage(context), derivativeStage(context));
  await quiet();
  for (const id of [gone, damaged]) expect(latestEntry(lab.ledger.reader, 'item.probed', id)?.body.damage).toBe('not-in-vault');
  expect(units()).toHaveLength(3);
  expect(entriesOfType(lab.ledger.reader, 'derivative.made').map((entry) => entry.subject.id)).toEqual([whole]);
});

test('derivatives go on where they stopped, and wait while the disk has no room', async () => {
  const { dockingId, cameraId, store } = shots();
  await store('1.mp4', clips.hevc);
  await docking('docking.proven', dockingId, cameraId, PROVEN);
  run(probeStage(context), groupStage(context));
  const full = { ...context, vaultReserveBytes: () => Number.MAX_SAFE_INTEGER };
  const [waiting] = run(derivativeStage(full));
  await quiet();
  expect(waiting?.waiting()).toBe(1);
  await waiting?.stop();

  const [unit] = units();
  if (!unit) throw new Error('no unit');
  const abort = new AbortController();
  const stop = lab.ledger.subscribe((entries) => entries.some((entry) => entry.type === 'derivative.made') && abort.abort());
  expect(await derivativeStage(context).handle(unit, abort.signal)).toBe('later');
  stop();
  const kinds = () => entriesOfType(lab.ledger.reader, 'derivative.made').map((entry) => entry.body.kind);
  expect(kinds()).toEqual(['poster']);
  expect(await derivativeStage(context).handle(unit, new AbortController().signal)).toBe('settled');
  expect(kinds()).toEqual(['poster', 'proxy']);
  expect(fs.readdirSync(path.join(lab.paths.derived, unit.subject.id)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('no original name, path or number of a camera gets into what the stages append', async () => {
  const { dockingId, cameraId, store } = shots();
  await store('SECRET-NAME.mp4', clips.hevc);
  await store('SECRET-NAME-2.mp4', clips.h264.subarray(0, 3000));
  await docking('docking.proven', dockingId, cameraId, PROVEN);
  run(probeStage(context), groupStage(context), derivativeStage(context));
  await quiet();
  const all = lab.ledger.reader.prepare('SELECT canonical FROM entries').all() as { canonical: string }[];
  expect(all.filter((entry) => entry.canonical.includes('SECRET'))).toEqual([]);
});
