import type { Login, UsbFacts } from '../contract/entries/dock.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { markOf } from './known-devices.ts';
import type { Profile } from './profile.ts';
import type { CameraPassword } from './protocols/driver.ts';
import { DRIVERS } from './protocols/drivers.ts';

/** Whose password it is: one camera's, or that of every camera of a kind that has none of its own. */
export type PasswordOwner = { camera: string } | { profile: string };

const KIND = 'camera-password';

/**
 * Keeps a password, in the place of a former one: sealed as every private record is, and left out of backups with its key. The
 * ledger says whose it is and who set it, never what it is. Fails with `camera.password-invalid` for one that no such camera could have.
 */
export async function setCameraPassword(
  context: { ledger: Ledger; profiles: readonly Profile[]; stationId: string; actor: Actor; now(): string },
  { owner, login, password }: { owner: PasswordOwner; login: Login; password: string },
): Promise<Result<void>> {
  const { ledger, profiles } = context;
  const profile = 'camera' in owner ? profileOf(ledger, owner.camera) : owner.profile;
  if (profile === null) return failed('camera.not-registered', 'camera' in owner ? owner.camera : '');
  const usb = profiles.find((one) => one.id === profile)?.usb;
  if (!usb && 'profile' in owner) return failed('usage.invalid', profile, lockedProfiles(profiles).join(', '));
  // A camera may have been registered by its file names alone, before it was met locked.
  const drivers = usb ? [DRIVERS[usb.driver]] : Object.values(DRIVERS);
  if (!drivers.some((driver) => driver.isPassword(password))) return failed('camera.password-invalid', profile);
  const subject = 'camera' in owner ? { kind: 'camera' as const, id: owner.camera } : { kind: 'station' as const, id: context.stationId };
  await ledger.append(
    [{ type: 'camera.password-set', subject, actor: context.actor, at: context.now(), body: { profile, login } }],
    [{ kind: KIND, id: idOf(owner), data: { login, password } }],
  );
  return done(undefined);
}

/** The password to unlock a camera with: its own, else that of its kind; null when there is none. */
export function passwordFor(ledger: Ledger, cameraIds: readonly string[], profile: string): CameraPassword | null {
  const owners: PasswordOwner[] = [...cameraIds.map((camera) => ({ camera })), { profile }];
  for (const owner of owners) {
    const kept = ledger.records.get(KIND, idOf(owner));
    if (kept) return { login: kept['login'] as Login, text: String(kept['password']) };
  }
  return null;
}

/**
 * When this device was last refused at this port for its password, null when it was not or a password was set since. What
 * has no serial is taken for the same device.
 */
export function refusedPasswordAt(ledger: Ledger, port: number, device: UsbFacts): string | null {
  const row = sql<{ refused_at: string }>(ledger.reader, 'SELECT refused_at FROM wrong_passwords WHERE port = ? AND mark = ?').get(
    port,
    markOf(device),
  );
  return row?.refused_at ?? null;
}

function profileOf(ledger: Ledger, cameraId: string): string | null {
  return sql<{ profile: string }>(ledger.reader, 'SELECT profile FROM cameras WHERE camera_id = ?').get(cameraId)?.profile ?? null;
}

function lockedProfiles(profiles: readonly Profile[]): string[] {
  return profiles.filter((profile) => profile.usb).map((profile) => profile.id);
}

function idOf(owner: PasswordOwner): string {
  return 'camera' in owner ? owner.camera : `profile:${owner.profile}`;
}
