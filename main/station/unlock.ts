import type { Login, UsbFacts } from '../contract/entries/dock.ts';
import type { Draft } from '../contract/entries/index.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import type { PolicyValues } from '../contract/policy.ts';
import type { Ref } from '../contract/values.ts';
import {
  type CameraDriver,
  type CameraIdentity,
  type ControlPipe,
  cameraOfDevice,
  DRIVERS,
  findCamera,
  idsOfCamera,
  type KnownCamera,
  type Profile,
  passwordFor,
  refusedPasswordAt,
  type Timer,
  type UnlockedCamera,
} from '../dock/index.ts';
import { shownAt } from '../evidence/index.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { agencyUuid, type PrivateRecord, type Turns } from '../store/index.ts';
import type { Clock } from './clock.ts';
import { admit } from './identify.ts';

export type UnlockContext = {
  ledger: Ledger;
  agencyId: string;
  profiles: readonly Profile[];
  clock: Clock;
  /** Zone that cameras are set to. */
  zone(): string;
  admission(): PolicyValues['camera-admission'];
  /** The docking that goes on when this camera comes back; null when none waits for it. */
  waiting(cameraId: string): string | null;
  identifying: Turns;
  timer: Timer;
};

/** A camera that comes back within this time is still the same docking: its password is not tried again. */
const SAME_DOCKING_MS = 120_000;
const ACTOR = { kind: 'system' as const, id: 'dock' };

/** The profile of a locked camera that a device may be: by its numbers, and only one that is all its maker's own. */
export function lockedProfile(profiles: readonly Profile[], { vendorId, productId }: UsbFacts, classes: readonly string[]): Profile | null {
  if (classes.some((one) => one !== 'ff')) return null;
  return profiles.find((profile) => profile.usb?.ids.includes(`${vendorId}:${productId}`)) ?? null;
}

/**
 * Unlocks a camera and has it become a disk. What it says of itself is recorded before its clock is set; a clock that cannot
 * be read is not set, and keeps nothing from being copied. One login at most. Fails with `usb.not-a-camera` when the device
 * does not speak the profile's protocol, with `camera.not-registered` when policy does not admit it, else as a driver does.
 */
export async function unlockCamera(
  context: UnlockContext,
  pipe: ControlPipe,
  { profile, device, port, dockingId: fresh }: { profile: Profile; device: UsbFacts; port: number; dockingId: string },
): Promise<Result<UnlockedCamera>> {
  if (!profile.usb) throw new Error(`${profile.id} is no profile of locked cameras`);
  const driver = DRIVERS[profile.usb.driver];
  if (!(await driver.recognise(pipe))) return failed('usb.not-a-camera', '', `no ${driver.id}`);
  const password = passwordOf(context, device, profile, port);
  if (!password.ok) return password;
  const unlocked = await driver.unlock(pipe, password.value);
  if (!unlocked.ok) return unlocked;
  const identity = await driver.readIdentity(pipe);
  if (!identity.ok) return identity;
  const admitted = await admitBy(context, identity.value, device, profile);
  if (!admitted.ok) return admitted;
  const camera = admitted.value;
  const dockingId = (camera && context.waiting(camera.cameraId)) ?? fresh;
  const failures: Failure[] = [];
  if (camera) {
    const battery = await driver.readBattery(pipe);
    const facts = { profile: profile.id, login: password.value.login, batteryPercent: battery.ok ? battery.value : null, device };
    await recordUnlocked(context, camera, { dockingId, port }, identity.value, facts);
    failures.push(...(await measureClock(context, pipe, driver, { camera, dockingId })));
  }
  const switched = await driver.switchToStorage(pipe);
  if (!switched.ok) return switched;
  const who = camera && { serial: camera.serial, identitySource: camera.identitySource };
  return done({ dockingId, identity: who, officer: identity.value.officerNumber, failures });
}

/** The password to try, unless this device was refused with it a moment ago. */
function passwordOf({ ledger, clock }: UnlockContext, device: UsbFacts, profile: Profile, port: number) {
  const known = (device.serial === null ? null : findCamera(ledger, device.serial, 'usb-serial')) ?? cameraOfDevice(ledger, device);
  const password = passwordFor(ledger, known ? idsOfCamera(ledger, known.cameraId) : [], profile.id);
  if (!password) return failed('camera.password-missing', '');
  const refusedAt = refusedPasswordAt(ledger, port, device);
  const isSame = refusedAt !== null && Date.parse(clock.now()) - Date.parse(refusedAt) < SAME_DOCKING_MS;
  return isSame ? failed('camera.password-wrong', '', `refused at ${refusedAt}, not tried again`) : done(password);
}

/** Which camera it is, by its own word or its device's; null when neither says, and its files have to. */
async function admitBy(context: UnlockContext, identity: CameraIdentity, device: UsbFacts, profile: Profile): Promise<Result<KnownCamera | null>> {
  const source = identity.serial === null ? ('usb-serial' as const) : ('identity-block' as const);
  const serial = identity.serial ?? device.serial;
  if (serial === null) return done(null);
  const { ledger, clock } = context;
  return context.identifying('identify', () =>
    admit(ledger, { serial, identitySource: source, profile: profile.id }, { admission: context.admission(), at: clock.now() }),
  );
}

async function recordUnlocked(
  context: UnlockContext,
  camera: KnownCamera,
  place: { dockingId: string; port: number },
  identity: CameraIdentity,
  facts: { profile: string; login: Login; batteryPercent: number | null; device: UsbFacts },
): Promise<void> {
  const { ledger } = context;
  const { officerNumber, officerName, unitNumber, unitName } = identity;
  const drafts: Draft[] = [];
  const records: PrivateRecord[] = [{ kind: 'camera', id: camera.cameraId, data: { unitNumber, unitName } }];
  const personId = officerNumber === null ? null : agencyUuid(context.agencyId, 'person', officerNumber);
  if (personId !== null && !latestEntry(ledger.reader, 'person.registered', personId)) {
    drafts.push({
      type: 'person.registered',
      subject: { kind: 'person', id: personId },
      actor: ACTOR,
      at: context.clock.now(),
      body: { source: 'profile' },
    });
    records.push({ kind: 'person', id: personId, data: { number: officerNumber, ...(officerName === null ? {} : { name: officerName }) } });
  } else if (personId !== null && officerName !== null) {
    // Files tell officers by number alone. Who has a name keeps it, and a record that was erased stays so.
    const known = ledger.records.get('person', personId);
    if (known && known['name'] === undefined) records.push({ kind: 'person', id: personId, data: { ...known, name: officerName } });
  }
  const entry = about(context, { camera, dockingId: place.dockingId });
  entry.refs.push({ kind: 'port', id: String(place.port), role: 'port' });
  if (personId !== null) entry.refs.push({ kind: 'person', id: personId, role: 'officer' });
  drafts.push({ type: 'camera.unlocked', ...entry, body: facts });
  await ledger.append(drafts, records);
}

type Docked = { camera: KnownCamera; dockingId: string };

/** Reads the camera's clock, records what it shows, and sets it when the station's own clock is checked. */
async function measureClock(context: UnlockContext, pipe: ControlPipe, driver: CameraDriver, docked: Docked): Promise<Failure[]> {
  const { ledger, clock, timer } = context;
  const zone = context.zone();
  const { serial } = docked.camera;
  const read = await driver.readClock(pipe, timer);
  if (!read.ok) return [failed('camera.clock-not-read', serial, read.failure.detail).failure];
  const { local, at, uncertaintyMs } = read.value;
  const offsetMs = Date.parse(`${local}Z`) - shownAt(Date.parse(at), zone);
  const stationClock = clock.source();
  const setting = stationClock === 'station-checked';
  const body = { cameraTime: local, zone, stationTime: at, stationClock, offsetMs, uncertaintyMs, setting };
  await ledger.append([{ type: 'camera.clock-read', ...about(context, docked), body }]);
  if (!setting) return [];
  // Cameras are set in whole seconds: told at the beginning of one, they are right to a request's time.
  const nextMs = Math.ceil(timer.nowMs() / 1000) * 1000;
  await timer.wait(nextMs - timer.nowMs());
  const cameraTime = new Date(shownAt(nextMs, zone)).toISOString().slice(0, 19);
  const set = await driver.setClock(pipe, cameraTime);
  if (!set.ok) return [failed('camera.clock-not-set', serial, set.failure.detail).failure];
  const lateMs = timer.nowMs() - nextMs;
  await ledger.append([{ type: 'camera.clock-set', ...about(context, docked), body: { cameraTime, zone, lateMs } }]);
  return [];
}

function about(context: UnlockContext, { camera, dockingId }: Docked) {
  const refs: Ref[] = [{ kind: 'docking', id: dockingId, role: 'docking' }];
  return { subject: { kind: 'camera' as const, id: camera.cameraId }, refs, actor: ACTOR, at: context.clock.now() };
}
