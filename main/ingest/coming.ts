import type { MediaKind } from '../contract/values.ts';
import { type Db, sql } from '../store/index.ts';
import type { FileFacts } from './docked-camera.ts';

/** Ranks in a plan: what a person put first, important files, the others, and what is probably known already. */
export const FIRST_RANK = -1;
export const IMPORTANT_RANK = 0;
export const ORDINARY_RANK = 1;
export const KNOWN_RANK = 2;

/** Sorts after every moment a clock can show. */
const NEVER = '9999-12-31T23:59:59';
const BESIDE_CLIPS: readonly MediaKind[] = ['track', 'document', 'log'];

/**
 * From which moment of the camera's clock on a file can belong to a recording: a clip, or what is kept beside a clip of
 * the same name, from its start on. Within a rank files are copied in this order, so that recordings become complete one
 * after another. Empty for a file that may stand beside any clip, `NEVER` for one that belongs to no recording.
 */
export function joinsFrom(facts: FileFacts): string {
  if (facts.mediaKind === 'video') return facts.startLocal ?? NEVER;
  return BESIDE_CLIPS.includes(facts.mediaKind) ? (facts.startLocal ?? '') : NEVER;
}

/**
 * From which moment of its clock on (ms, as if it were UTC) a docked camera can still bring something that belongs to a
 * recording: infinite when there is nothing more, null when its plan is not complete. A file that is probably known is
 * not counted: should it turn out to be another one, it becomes a recording that goes on from the closed one.
 */
export function comingFromMs(reader: Db, work: Db, dockingId: string): number | null {
  const last = sql<{ type: string }>(
    reader,
    "SELECT type FROM entries WHERE subject_kind = 'docking' AND subject_id = ? AND type LIKE 'docking.%' ORDER BY seq DESC LIMIT 1",
  ).get(dockingId);
  if (last?.type !== 'docking.planned') return null;
  // No row at all: the plan is lost, and what the camera still holds is not known.
  if (!sql(work, 'SELECT 1 FROM plan_files WHERE docking_id = ? LIMIT 1').get(dockingId)) return null;
  const first = sql<{ at: string | null }>(
    work,
    "SELECT min(joins_from) AS at FROM plan_files WHERE docking_id = ? AND state IN ('waiting', 'copied') AND rank = ?",
  );
  const moments = [FIRST_RANK, IMPORTANT_RANK, ORDINARY_RANK].flatMap((rank) => first.get(dockingId, rank)?.at ?? []).filter((at) => at !== NEVER);
  return moments.reduce((ms, at) => Math.min(ms, at === '' ? Number.NEGATIVE_INFINITY : Date.parse(`${at}Z`)), Number.POSITIVE_INFINITY);
}
