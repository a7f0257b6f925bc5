import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FIRST_UNIT, identityBlock, type LockedCamera, lockedPipe, timerAt, ZHANG_WEI } from '../../fixtures/cameras/locked-pipe.ts';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import type { UsbFacts } from '../contract/entries/dock.ts';
import type { ErrorCode } from '../contract/errors.ts';
import { folderVolume } from '../dock/index.ts';
import { newDockingId } from '../ingest/index.ts';
import { entriesOfType } from '../ledger/index.ts';
import { agencyUuid, createTurns } from '../store/index.ts';
import { lockedProfile, unlockCamera } from './unlock.ts';

const START_MS = Date.UTC(2026, 2, 2, 6, 3, 12, 345);
const BEIJING_MS = 8 * 3_600_000;
const DEVICE: UsbFacts = { vendorId: '4255', productId: '0001', serial: 'USB-E1-1', volumes: [] };
const IDENTITY = identityBlock({ serial: 'C370042', officer: '012345', name: ZHANG_WEI, unit: '330100000000', unitName: FIRST_UNIT });

let lab: StationLab;
let nowMs: number;
let dockingId: string;
beforeEach(async () => {
  nowMs = START_MS;
  dockingId = newDockingId();
  lab = await openStationLab({ nowMs: () => nowMs });
});
afterEach(async () => {
  await lab.close();
});

const of = <T extends Parameters<typeof entriesOfType>[1]>(type: T) => entriesOfType(lab.station.ledger.reader, type);

/** Docks a camera, 95 s slow unless told otherwise, on port 3. */
async function dock(is: Partial<LockedCamera> = {}, device = DEVICE) {
  const { station } = lab;
  const timer = timerAt(nowMs);
  const pipe = lockedPipe({ identity: IDENTITY, offsetMs: BEIJING_MS - 95_000, ...is }, timer);
  const profile = lockedProfile(station.profiles, device, ['ff']);
  if (!profile) throw new Error('no profile');
  const context = {
    ledger: station.ledger,
    agencyId: station.identity.agencyId,
    profiles: station.profiles,
    clock: station.clock,
    zone: () => station.policy('camera-zone'),
    admission: () => station.policy('camera-admission'),
    waiting: () => null,
    identifying: createTurns(),
    timer,
  };
  return { result: await unlockCamera(context, pipe, { profile, device, port: 3, dockingId }), pipe };
}

const keep = (password: string, owner: { profile: string } | { camera: string } = { profile: 'e1-family' }) =>
  lab.client.docking.setCameraPassword({ owner, login: 'user', password });
const refusal = (code: ErrorCode) => ({ ok: false, failure: { code } });

/** What the dock records when a password was wrong. */
const refused = () =>
  lab.station.ledger.append([
    {
      type: 'docking.refused',
      subject: { kind: 'docking', id: newDockingId() },
      actor: { kind: 'system', id: 'dock' },
      at: lab.station.clock.now(),
      body: { port: 3, reason: 'camera.password-wrong', serial: null, device: DEVICE },
    },
  ]);

test('without a password nothing is tried, and a wrong one is tried once', async () => {
  const missing = await dock();
  expect(missing.result).toMatchObject(refusal('camera.password-missing'));
  expect(missing.pipe.asked).toEqual(['e10020']);
  await keep('000000');
  const wrong = await dock();
  expect(wrong.result).toMatchObject(refusal('camera.password-wrong'));
  expect(wrong.pipe.asked).toEqual(['e10020', 'e10011']);
  expect(of('camera.unlocked')).toEqual([]);
});

test('a camera that comes back within two minutes is the same docking: a refused password waits for another one, or for later', async () => {
  await keep('000000');
  await dock();
  await refused();
  nowMs += 119_000;
  const again = await dock();
  expect(again.result).toMatchObject(refusal('camera.password-wrong'));
  expect(again.pipe.asked).toEqual(['e10020']);
  // Another camera in the same port has not been asked yet.
  expect((await dock({}, { ...DEVICE, serial: 'USB-E1-2' })).pipe.asked).toContain('e10011');
  nowMs += 2000;
  expect((await dock()).pipe.asked).toContain('e10011');
  await refused();
  await keep('123456');
  expect(await dock()).toMatchObject({ result: { ok: true } });
});

test('a camera’s own password goes before that of its kind', async () => {
  const { cameraId } = ((await lab.client.docking.registerCamera({ serial: 'USB-E1-1', profile: 'e1-family' })) as { value: { cameraId: string } })
    .value;
  await keep('000000');
  await keep('123456', { camera: cameraId });
  expect((await dock()).result).toMatchObject({ ok: true });
});

test('what the camera says of itself is recorded before it becomes a disk; names are private', async () => {
  await lab.client.station.confirmClock();
  await keep('123456');
  const { result, pipe } = await dock();
  expect(result).toMatchObject({
    ok: true,
    value: { dockingId, identity: { serial: 'C370042', identitySource: 'identity-block' }, officer: '012345', failures: [] },
  });
  expect(pipe.asked.at(-1)).toBe('e10051');
  const [unlocked] = of('camera.unlocked');
  expect(unlocked).toMatchObject({ body: { profile: 'e1-family', login: 'user', batteryPercent: 87, device: DEVICE } });
  expect(unlocked?.refs).toContainEqual({ kind: 'docking', id: dockingId, role: 'docking' });
  const { ledger, identity } = lab.station;
  const officer = agencyUuid(identity.agencyId, 'person', '012345');
  expect(unlocked?.refs).toContainEqual({ kind: 'person', id: officer, role: 'officer' });
  expect(ledger.records.get('person', officer)).toEqual({ number: '012345', name: '张伟' });
  expect(ledger.records.get('camera', unlocked?.subject.id ?? '')).toMatchObject({ unitName: '一大队' });
  const text = JSON.stringify(['camera.unlocked', 'person.registered', 'camera.password-set'].map((type) => of(type as 'camera.unlocked')));
  for (const secret of ['张伟', '一大队', '012345', '123456']) expect(text).not.toContain(secret);
});

test('an officer known by number alone gets the name the camera tells; one who has a name keeps it', async () => {
  await keep('123456');
  const { ledger, identity } = lab.station;
  const officer = agencyUuid(identity.agencyId, 'person', '012345');
  const registered = {
    type: 'person.registered' as const,
    subject: { kind: 'person' as const, id: officer },
    actor: { kind: 'system' as const, id: 'test' },
    at: new Date().toISOString(),
    body: { source: 'profile' as const },
  };
  await ledger.append([registered], [{ kind: 'person', id: officer, data: { number: '012345', unit: '二大队' } }]);
  await dock();
  expect(ledger.records.get('person', officer)).toEqual({ number: '012345', unit: '二大队', name: '张伟' });
  await ledger.append([], [{ kind: 'person', id: officer, data: { number: '012345', name: '李强' } }]);
  await dock();
  expect(ledger.records.get('person', officer)).toEqual({ number: '012345', name: '李强' });
  expect(of('person.registered')).toHaveLength(1);
});

test('the drift is on the ledger before the clock is set, and told with the camera', async () => {
  await lab.client.station.confirmClock();
  await keep('123456');
  const { pipe } = await dock();
  const [read] = of('camera.clock-read');
  const [set] = of('camera.clock-set');
  expect(read?.body).toMatchObject({ zone: 'Asia/Shanghai', stationClock: 'station-checked', setting: true });
  expect(Math.abs((read?.body.offsetMs ?? 0) + 95_000)).toBeLessThanOrEqual(read?.body.uncertaintyMs ?? 0);
  expect((read?.seq ?? 0) < (set?.seq ?? 0)).toBe(true);
  // It was told at the beginning of a second, and each of the two transfers took a millisecond.
  expect(set?.body).toMatchObject({ zone: 'Asia/Shanghai', lateMs: 2 });
  expect(set?.body.cameraTime).toBe(new Date(Math.floor(pipe.timer.nowMs() / 1000) * 1000 + BEIJING_MS).toISOString().slice(0, 19));
  const [camera] = await lab.client.docking.cameras();
  expect(camera?.clock).toMatchObject({ offsetMs: read?.body.offsetMs, uncertaintyMs: read?.body.uncertaintyMs, setAt: set?.at });
});

test('a station whose own clock nobody has checked measures the camera’s, and does not set it', async () => {
  await keep('123456');
  const { result, pipe } = await dock();
  expect(result).toMatchObject({ ok: true, value: { failures: [] } });
  expect(of('camera.clock-read')).toMatchObject([{ body: { stationClock: 'station-unchecked', setting: false } }]);
  expect(pipe.asked).not.toContain('e10041');
});

test('a clock that cannot be read is not set, one that cannot be set is said, and both cameras are copied', async () => {
  await lab.client.station.confirmClock();
  await keep('123456');
  const unread = await dock({ clock: 'stands' });
  expect(unread.result).toMatchObject({ ok: true, value: { failures: [{ code: 'camera.clock-not-read', what: 'C370042' }] } });
  expect(unread.pipe.asked).not.toContain('e10041');
  const unset = await dock({ clock: 'cannot be set' });
  expect(unset.result).toMatchObject({ ok: true, value: { failures: [{ code: 'camera.clock-not-set', what: 'C370042' }] } });
  expect(of('camera.clock-read')).toHaveLength(1);
  expect(of('camera.clock-set')).toEqual([]);
});

test('a camera that policy does not admit is neither set nor switched', async () => {
  await lab.client.station.setPolicy({ key: 'camera-admission', value: 'registered-only' });
  await keep('123456');
  const { result, pipe } = await dock();
  expect(result).toMatchObject({ ok: false, failure: { code: 'camera.not-registered', what: 'C370042' } });
  expect(pipe.asked.slice(-1)).toEqual(['e10030']);
  await lab.client.docking.registerCamera({ serial: 'C370042', profile: 'ga-pattern' });
  expect((await dock()).result).toMatchObject({ ok: true });
});

test('the disk it becomes is the same docking and the same camera, whatever its files say', async () => {
  await keep('123456');
  const { result } = await dock({ clock: 'stands' });
  if (!result.ok) throw new Error(result.failure.code);
  const root = lab.card('card', { 'clip.mp4': 'evidence' });
  const volume = folderVolume('port-3', root, { mountPoint: root, readOnly: true, fileSystem: 'vfat', source: '/dev/sdx' });
  if (!volume) throw new Error('the card is not there');
  const { done, session } = lab.station.dockings.attach({ ...volume, unlocked: result.value });
  expect(await done).toMatchObject({ safe: true });
  expect(of('docking.started')).toMatchObject([{ subject: { id: dockingId }, body: { identitySource: 'identity-block' } }]);
  expect(session.live).toMatchObject({ camera: 'C370042', state: 'safe', failures: [{ code: 'camera.clock-not-read' }] });
  expect(await lab.client.docking.cameras()).toMatchObject([{ serial: 'C370042', profile: 'e1-family', items: 1 }]);
});

test('a device that does not answer as the protocol says is no camera, and one with another part in it is not even asked', async () => {
  const { station } = lab;
  expect(lockedProfile(station.profiles, DEVICE, ['ff', '03'])).toBeNull();
  expect(lockedProfile(station.profiles, { ...DEVICE, vendorId: '2ca3' }, ['ff'])).toBeNull();
  const deaf = lockedPipe();
  const profile = lockedProfile(station.profiles, DEVICE, ['ff']);
  if (!profile) throw new Error('no profile');
  const ask = async (_: unknown, lengthBytes: number) => ({ ok: true as const, value: new Uint8Array(lengthBytes) });
  const context = { ledger: station.ledger, profiles: station.profiles, clock: station.clock } as Parameters<typeof unlockCamera>[0];
  expect(await unlockCamera(context, { ...deaf, ask }, { profile, device: DEVICE, port: 3, dockingId })).toMatchObject(refusal('usb.not-a-camera'));
});

test('what cannot be a password is refused, and what is one is nowhere in the data folder', async () => {
  expect(await keep('1234567')).toMatchObject(refusal('camera.password-invalid'));
  expect(await keep('密码')).toMatchObject(refusal('camera.password-invalid'));
  expect(await keep('123456', { profile: 'ga-pattern' })).toMatchObject(refusal('usage.invalid'));
  expect(await keep('k7#Q2p')).toEqual({ ok: true });
  const files = fs.readdirSync(lab.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const holding = files.map((entry) => path.join(entry.parentPath, entry.name)).filter((file) => fs.readFileSync(file).includes('k7#Q2p'));
  expect(holding).toEqual([]);
});

test('the command line reads the password from standard input', async () => {
  await lab.stop();
  const main = path.join(import.meta.dirname, '../shell/cli/main.ts');
  const args = ['camera', 'password', '--profile', 'e1-family', '--data', lab.data, '--json'];
  const child = spawn(process.execPath, [main, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end('123456\n');
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  await lab.start();
  expect(of('camera.password-set')).toMatchObject([
    { actor: { kind: 'cli' }, subject: { kind: 'station' }, body: { profile: 'e1-family', login: 'user' } },
  ]);
  expect((await dock()).result).toMatchObject({ ok: true });
});
