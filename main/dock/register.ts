import { v7 as uuidv7 } from 'uuid';
import type { IdentitySource } from '../contract/entries/dock.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import type { Profile } from './profile.ts';

/** Whether an identity rests on something that another camera could have just as well. */
export function isWeak(source: IdentitySource): boolean {
  return source === 'volume-uuid' || source === 'folder-name';
}

export type KnownCamera = { cameraId: string; serial: string; profile: string; identitySource: IdentitySource };

/**
 * The registered camera with this serial, or null; of merged ones, the one they were merged into. Sources that come from
 * the camera itself or from an operator speak of the same register; a volume's or folder's name is a weak source and only
 * ever matches itself. After a merge it matches nothing more: other cameras' cards may bear that name as well.
 */
export function findCamera(ledger: Ledger, serial: string, identitySource: IdentitySource): KnownCamera | null {
  const row = sql<{ camera_id: string; same_as: string; profile: string; identity_source: IdentitySource }>(
    ledger.reader,
    'SELECT camera_id, same_as, profile, identity_source FROM cameras WHERE serial = ? ORDER BY camera_id',
  )
    .all(serial)
    .find((one) =>
      isWeak(identitySource)
        ? one.identity_source === identitySource && one.same_as === one.camera_id
        : one.identity_source === identitySource || !isWeak(one.identity_source),
    );
  return row ? { cameraId: row.same_as, serial, profile: row.profile, identitySource } : null;
}

/** Registers a camera that somebody names by serial and kind; one that is registered already is left alone. */
export async function registerByHand(
  context: { ledger: Ledger; profiles: readonly Profile[]; actor: Actor; now(): string },
  { serial, profile }: { serial: string; profile: string },
): Promise<Result<{ cameraId: string; known: boolean }>> {
  const { ledger, profiles, actor } = context;
  if (!profiles.some((one) => one.id === profile)) return failed('usage.invalid', profile, profiles.map((one) => one.id).join(', '));
  const known = findCamera(ledger, serial, 'operator');
  if (known) return done({ cameraId: known.cameraId, known: true });
  const { cameraId } = await registerCamera(ledger, { serial, identitySource: 'operator', profile }, { actor, at: context.now(), how: 'admin' });
  return done({ cameraId, known: false });
}

/** Registers a camera under a new provisional id. */
export async function registerCamera(
  ledger: Ledger,
  camera: Omit<KnownCamera, 'cameraId'>,
  by: { actor: Actor; at: string; how: 'set-up' | 'admin' | 'import' },
): Promise<KnownCamera> {
  const cameraId = uuidv7();
  await ledger.append([
    {
      type: 'camera.registered',
      subject: { kind: 'camera', id: cameraId },
      actor: by.actor,
      at: by.at,
      body: { serial: camera.serial, identitySource: camera.identitySource, profile: camera.profile, by: by.how },
    },
  ]);
  return { cameraId, ...camera };
}
