import type { MergeReason } from '../contract/entries/dock.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';

type Acting = { ledger: Ledger; now(): string; actor: Actor };

/** Every id under which a camera has been registered: its own, and those of what was merged with it. */
export function idsOfCamera(ledger: Ledger, cameraId: string): string[] {
  return sql<{ camera_id: string }>(
    ledger.reader,
    'SELECT camera_id FROM cameras WHERE same_as = (SELECT same_as FROM cameras WHERE camera_id = ?) ORDER BY camera_id',
  )
    .all(cameraId)
    .map((row) => row.camera_id);
}

/**
 * Says on the ledger that one registered camera has been another all along. Nothing recorded is altered: what was stored
 * under the one counts for the other from here on, for knowing files again as for lists. Two that are docked at this
 * moment are two devices, whatever anybody says.
 */
export async function mergeCameras(context: Acting, merge: { camera: string; into: string; because: MergeReason }): Promise<Result<void>> {
  const { ledger } = context;
  const [camera, into] = [findOne(ledger, merge.camera), findOne(ledger, merge.into)];
  if (!camera || !into) return failed('camera.not-registered', camera ? merge.into : merge.camera);
  const both = `${camera.serial}, ${into.serial}`;
  if (camera.same_as !== camera.camera_id) return failed('camera.merge-refused', both, `${camera.serial} is merged already`);
  if (into.same_as === camera.camera_id) return failed('camera.merge-refused', both, 'they are one camera already');
  if (isDocked(ledger, camera.camera_id) && isDocked(ledger, into.same_as)) return failed('camera.merge-refused', both, 'both are docked now');
  await ledger.append([
    {
      type: 'camera.merged',
      subject: { kind: 'camera', id: camera.camera_id },
      refs: [{ kind: 'camera', id: into.same_as, role: 'into' }],
      actor: context.actor,
      at: context.now(),
      body: { because: merge.because },
    },
  ]);
  return done(undefined);
}

/** Takes a merge back: the camera stands by itself again, with everything recorded under its own id. */
export async function separateCamera(context: Acting, cameraId: string): Promise<Result<void>> {
  const camera = findOne(context.ledger, cameraId);
  if (!camera) return failed('camera.not-registered', cameraId);
  if (camera.same_as === camera.camera_id) return failed('camera.merge-refused', camera.serial, 'it is not merged into another');
  const subject = { kind: 'camera' as const, id: camera.camera_id };
  await context.ledger.append([{ type: 'camera.separated', subject, actor: context.actor, at: context.now(), body: {} }]);
  return done(undefined);
}

function findOne(ledger: Ledger, cameraId: string) {
  type Row = { camera_id: string; serial: string; same_as: string };
  return sql<Row>(ledger.reader, 'SELECT camera_id, serial, same_as FROM cameras WHERE camera_id = ?').get(cameraId);
}

function isDocked(ledger: Ledger, cameraId: string): boolean {
  const open = sql(ledger.reader, "SELECT 1 FROM dockings WHERE camera_id = ? AND state IN ('open', 'proven') LIMIT 1");
  return idsOfCamera(ledger, cameraId).some((id) => open.get(id));
}
