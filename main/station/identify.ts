import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import type { PolicyValues } from '../contract/policy.ts';
import {
  cameraOfDevice,
  extensionOf,
  findCamera,
  isWeak,
  type KnownCamera,
  mediaKindOf,
  type Profile,
  type Recognised,
  readName,
  recognise,
  registerCamera,
  type Volume,
} from '../dock/index.ts';
import type { FileFacts } from '../ingest/index.ts';
import type { Ledger } from '../ledger/index.ts';

export type Identified = { ok: true; camera: KnownCamera; recognised: Recognised } | { ok: false; failure: Failure; serial: string | null };

/** What an operator says about a source on the command line; it wins over what the camera says. */
export type Operator = { camera: string | null; officer: string | null };

/**
 * Says which camera a volume is. An unknown one is registered while policy is in set-up mode, and refused otherwise.
 */
export async function identify(
  ledger: Ledger,
  profiles: readonly Profile[],
  volume: Volume,
  operator: Operator,
  admission: PolicyValues['camera-admission'],
  at: string,
): Promise<Identified> {
  const found = await recognise(volume, profiles);
  if (!found.ok) return { ok: false, failure: found.failure, serial: null };
  // A camera that was pulled meanwhile may look like an empty one that nobody knows.
  if (!(await volume.isAlive())) return { ...failed('camera.unreadable', volume.root, 'gone while it was looked at'), serial: null };
  const recognised = recognisedAs(found.value, volume, operator);
  const { serial, identitySource, profile } = recognised;
  const byDevice = () => (identitySource === 'usb-serial' && volume.device ? cameraOfDevice(ledger, volume.device) : null);
  const known = findCamera(ledger, serial, identitySource) ?? byDevice();
  const camera = known ? done(known) : await admit(ledger, { serial, identitySource, profile: profile.id }, { admission, at });
  return camera.ok ? { ok: true, camera: camera.value, recognised } : { ...camera, serial };
}

/** The registered camera; an unknown one is registered while policy is in set-up mode, else refused with `camera.not-registered`. */
export async function admit(
  ledger: Ledger,
  camera: Omit<KnownCamera, 'cameraId'>,
  { admission, at }: { admission: PolicyValues['camera-admission']; at: string },
): Promise<Result<KnownCamera>> {
  const known = findCamera(ledger, camera.serial, camera.identitySource);
  if (known) return done(known);
  if (admission === 'registered-only') return failed('camera.not-registered', camera.serial);
  const actor = { kind: 'system' as const, id: 'dock' };
  return done(await registerCamera(ledger, camera, { actor, at, how: 'set-up' }));
}

/** What an operator says wins over what the camera said when it was unlocked, and that over what its files say. */
function recognisedAs(found: Recognised, { unlocked }: Volume, operator: Operator): Recognised {
  const named = { ...found, officer: found.officer ?? unlocked?.officer ?? null };
  if (operator.camera) return { ...named, serial: operator.camera, identitySource: 'operator' };
  return { ...named, ...unlocked?.identity };
}

/** Reads what a file's path tells, by the camera's profile; the folder of a part is not in the camera's own paths. */
export function describeBy(profile: Profile, parts: readonly string[]): (path: string) => FileFacts {
  const identityFile = profile.identity?.from === 'ini' ? profile.identity.file : null;
  return (whole) => {
    const part = parts.find((one) => whole.startsWith(`${one}/`));
    const path = part === undefined ? whole : whole.slice(part.length + 1);
    const facts = readName(profile.names, path);
    return {
      mediaKind: path === identityFile ? 'identity' : mediaKindOf(path),
      extension: extensionOf(path),
      important: facts.important,
      startLocal: facts.startLocal,
      sequence: facts.sequence,
      officer: facts.officer,
      namesCamera: profile.identity?.from === 'names' && facts.serial !== null,
    };
  };
}

/** Whether a fingerprint may be believed to order work for this camera. */
export function hasWeakIdentity(recognised: Recognised): boolean {
  return isWeak(recognised.identitySource) || recognised.identityCheck === 'suspected-tampering';
}
