import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../fixtures/e2e/evidock.ts';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { failed } from '../contract/errors.ts';
import { folderVolume } from '../dock/index.ts';
import { entriesOfType } from '../ledger/index.ts';

let lab: StationLab;
beforeEach(async () => {
  lab = await openStationLab();
});
afterEach(async () => {
  await lab.close();
});

const refusals = () => entriesOfType(lab.station.ledger.reader, 'docking.refused').map((entry) => entry.body.reason);
const ofCamera = (serial: string, n: number) => `DCIM/${serial}_012345_20260302140312_000${n}.MP4`;

test('a source that is not there is said, and the one beside it is ingested', async () => {
  const card = lab.card('card', { 'clip.mp4': 'evidence' });
  const [gone, there] = await lab.ingest(path.join(lab.folder, 'none'), card);
  expect(gone).toMatchObject({ safe: false, stored: 0, failures: [{ code: 'source.missing', what: path.join(lab.folder, 'none') }] });
  expect(there).toMatchObject({ safe: true, stored: 1, failures: [] });
});

test('a camera nobody registered is refused once policy says so, and taken when it is registered', async () => {
  await lab.client.station.setPolicy({ key: 'camera-admission', value: 'registered-only' });
  const card = lab.card('card', { [ofCamera('C370042', 1)]: 'evidence' });
  expect(await lab.ingest(card)).toMatchObject([{ stored: 0, safe: false, failures: [{ code: 'camera.not-registered', what: 'C370042' }] }]);
  expect(refusals()).toEqual(['camera.not-registered']);
  await lab.client.docking.registerCamera({ serial: 'C370042', profile: 'ga-pattern' });
  expect(await lab.ingest(card)).toMatchObject([{ stored: 1, safe: true, failures: [] }]);
});

test('two cameras of one serial at the same time: one is copied, the other refused, none taken for two', async () => {
  const first = lab.card('first', { [ofCamera('C370042', 1)]: 'one' });
  const second = lab.card('second', { [ofCamera('C370042', 2)]: 'two' });
  const results = await lab.ingest(first, second);
  expect(results.map((one) => one.stored).sort()).toEqual([0, 1]);
  expect(results.flatMap((one) => one.failures)).toMatchObject([{ code: 'camera.identity-twice', what: 'C370042' }]);
  expect(refusals()).toEqual(['camera.identity-twice']);
  expect(await lab.client.docking.cameras()).toMatchObject([{ serial: 'C370042', items: 1 }]);
});

test('a camera that is pulled before it could be looked at is unreadable, and nothing is registered for it', async () => {
  const root = lab.card('card', { 'clip.mp4': 'evidence' });
  const volume = folderVolume('port-1', root, { mountPoint: root, readOnly: false, fileSystem: 'vfat', source: '/dev/sdx' });
  if (!volume) throw new Error('the card is not there');
  fs.rmSync(root, { recursive: true });
  const { done, session } = lab.station.dockings.attach(volume);
  expect(await done).toBeNull();
  expect(session.live).toMatchObject({ state: 'refused', failures: [{ code: 'camera.unreadable', what: root }] });
  expect(refusals()).toEqual(['camera.unreadable']);
  expect(await lab.client.docking.cameras()).toEqual([]);
});

test('a file that is still being written is not passed off as copied; once it rests it is stored whole', async () => {
  const card = lab.card('card', { 'growing.mp4': Buffer.alloc(16_000_000, 7), 'resting.mp4': 'evidence' });
  const growing = path.join(card, 'growing.mp4');
  const writer = setInterval(() => fs.appendFileSync(growing, 'more'), 5);
  let results: Awaited<ReturnType<typeof lab.ingest>>;
  try {
    results = await lab.ingest(card);
  } finally {
    clearInterval(writer);
  }
  expect(results).toMatchObject([{ stored: 1, safe: false, failures: [{ code: 'source.changed', what: 'card: growing.mp4' }] }]);
  expect(fs.readdirSync(lab.station.paths.incoming)).toEqual([]);
  const { size } = fs.statSync(growing);
  expect(await lab.ingest(card)).toMatchObject([{ stored: 1, storedBytes: size, seenAgain: 1, safe: true }]);
});

test('a camera that gives nothing for a while is said to have stalled, and no longer once it goes on', async () => {
  await lab.close();
  lab = await openStationLab({ stallMs: 50 });
  const card = lab.card('card', { 'clip.mp4': 'evidence' });
  const { engine, dockings } = lab.station;
  const { copy } = engine;
  const answers = Promise.withResolvers<void>();
  engine.copy = async (...args) => {
    await answers.promise;
    return copy(...args);
  };
  const ingested = lab.ingest(card);
  const failures = await until('the stall to be said', async () => dockings.live().find((one) => one.failures.length > 0)?.failures ?? null);
  expect(failures).toEqual([{ code: 'source.stalled', what: 'card', detail: '50 ms' }]);
  answers.resolve();
  expect(await ingested).toMatchObject([{ stored: 1, safe: true, failures: [] }]);
});

test('a card that cannot be cleared for write protection is safe to take, keeps its files, and that is said', async () => {
  await lab.client.station.setPolicy({ key: 'clear', value: 'after-stored' });
  const card = lab.card('card', { 'clip.mp4': 'evidence' });
  const volume = folderVolume('port-1', card, { mountPoint: card, readOnly: true, fileSystem: 'vfat', source: '/dev/sdx' });
  if (!volume) throw new Error('the card is not there');
  volume.whileWritable = async () => failed('clear.write-protected', card, 'cannot remount /dev/sdx read-write');
  const { done, session } = lab.station.dockings.attach(volume);
  expect(await done).toMatchObject({ finished: true, safe: true, stored: 1 });
  expect(session.live).toMatchObject({
    state: 'safe',
    clearing: { removed: 0, kept: 1 },
    failures: [{ code: 'clear.write-protected', what: 'port-1' }],
  });
  expect(fs.readFileSync(path.join(card, 'clip.mp4'), 'utf8')).toBe('evidence');
});

test('a vault that cannot be written to fails the file by name; the camera keeps it and gives it when the disk is back', async () => {
  const card = lab.card('card', { 'clip.mp4': 'evidence' });
  const { incoming } = lab.station.paths;
  execFileSync('mount', ['--bind', incoming, incoming]);
  try {
    execFileSync('mount', ['-o', 'remount,ro,bind', incoming]);
    expect(await lab.ingest(card)).toMatchObject([{ stored: 0, safe: false, failures: [{ code: 'vault.write-failed', what: 'card: clip.mp4' }] }]);
  } finally {
    execFileSync('umount', [incoming]);
  }
  expect(fs.readFileSync(path.join(card, 'clip.mp4'), 'utf8')).toBe('evidence');
  expect(await lab.ingest(card)).toMatchObject([{ stored: 1, safe: true }]);
});

test('a camera of which one folder cannot be listed is not safe to take, and says which', async () => {
  const card = lab.card('card', { 'DCIM/clip.mp4': 'evidence', 'LOG/power.log': 'on and off' });
  const { opendir } = fs.promises;
  // What a card with a bad sector says when a folder is read.
  fs.promises.opendir = async (at, options) => {
    if (String(at).endsWith('/LOG')) throw Object.assign(new Error('EIO: i/o error, opendir'), { code: 'EIO', syscall: 'opendir' });
    return opendir(at, options);
  };
  try {
    expect(await lab.ingest(card)).toMatchObject([
      { stored: 1, refused: 0, safe: false, failures: [{ code: 'source.unreadable', what: 'card: LOG', detail: 'EIO' }] },
    ]);
  } finally {
    fs.promises.opendir = opendir;
  }
  expect(await lab.ingest(card)).toMatchObject([{ stored: 1, seenAgain: 1, safe: true }]);
});

test('a copy that cannot be put among the originals fails its file alone, leaves nothing behind, and is made again', async () => {
  const card = lab.card('card', { 'one.log': 'first', 'two.log': 'second' });
  const { open } = fs.promises;
  let failing = 1;
  // Flushing the folder of the day fails once; a second try would be told that all is well.
  fs.promises.open = async (at, ...rest) => {
    const handle = await open(at, ...rest);
    if (failing > 0 && /originals\/\d+\/\d+\/\d+$/.test(String(at))) {
      failing -= 1;
      handle.sync = () => Promise.reject(Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO', syscall: 'fsync' }));
    }
    return handle;
  };
  try {
    expect(await lab.ingest(card)).toMatchObject([{ stored: 1, safe: false, failures: [{ code: 'vault.write-failed' }] }]);
  } finally {
    fs.promises.open = open;
  }
  expect([fs.readdirSync(lab.station.paths.incoming), [...lab.station.vault.listItems()]]).toMatchObject([[], { length: 1 }]);
  expect(await lab.ingest(card)).toMatchObject([{ stored: 1, seenAgain: 1, safe: true }]);
  expect(await lab.client.station.verify({ full: true })).toMatchObject({ items: 2, violations: [], warnings: [] });
});

test.each(['incoming', 'originals'] as const)(
  'a vault whose folder %s is gone fails each file by name, and takes them when it is back',
  async (name) => {
    const card = lab.card('card', { 'one.log': 'first', 'two.log': 'second' });
    const folder = lab.station.paths[name];
    fs.renameSync(folder, `${folder}.away`);
    const failure = { code: 'vault.write-failed', detail: expect.stringContaining('ENOENT') };
    expect(await lab.ingest(card)).toMatchObject([{ files: 2, stored: 0, safe: false, failures: [failure, failure] }]);
    expect(fs.existsSync(folder)).toBe(false);
    fs.renameSync(`${folder}.away`, folder);
    expect(await lab.ingest(card)).toMatchObject([{ stored: 2, safe: true, failures: [] }]);
  },
);

test('an image is taken of a card that cannot be mounted, and of nothing else', async () => {
  const noImage = { ok: false, failure: { code: 'docking.no-image', what: '1', detail: '' } };
  expect(await lab.client.docking.takeImage({ port: 1 })).toEqual(noImage);
  // A folder can be read.
  await lab.ingest(lab.card('card', { 'one.log': 'first' }));
  expect(await lab.client.docking.takeImage({ port: 1 })).toEqual(noImage);
});
