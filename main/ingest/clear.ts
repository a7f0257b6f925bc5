import type { Draft } from '../contract/entries/index.ts';
import type { ErrorCode } from '../contract/errors.ts';
import { sql } from '../store/index.ts';
import { pathDigest } from '../vault/index.ts';
import { filesOf } from './camera-files.ts';
import type { DockedCamera, IngestContext } from './docked-camera.ts';
import { pathText } from './path-text.ts';

export type ClearPolicy = 'after-stored' | 'after-confirmed';

export type ClearOutcome = {
  removed: number;
  removedBytes: number;
  kept: number;
  /** Files that only wait for the archive's receipt. */
  waiting: number;
  reasons: Partial<Record<ErrorCode, number>>;
};

export type ClearOptions = {
  policy: ClearPolicy;
  signal: AbortSignal;
  /** Whether the archive has proven that it holds the item. */
  confirmed(itemId: string): boolean;
};

const ACTOR = { kind: 'system' as const, id: 'clear' };

type Candidate = { n: number; path: Buffer; itemId: string; sizeBytes: number };

/**
 * Removes from a docked camera what policy says is safe, one file at a time: intended on the ledger, the file on the
 * camera hashed in full and equal to the item, removed, folder flushed, done on the ledger. Identity files stay: they
 * are what binds the camera. Where its files' names are that, one of them goes last: under another identity what is left
 * would be copied a second time. Whatever is not removed is counted with its reason.
 */
export async function clearDocking(context: IngestContext, camera: DockedCamera, options: ClearOptions): Promise<ClearOutcome> {
  const outcome: ClearOutcome = { removed: 0, removedBytes: 0, kept: 0, waiting: 0, reasons: {} };
  if (!(await settleIntents(context, camera))) return outcome;
  for (const candidate of candidates(context, camera)) {
    if (options.signal.aborted) break;
    const { mediaKind, namesCamera } = camera.describe(pathText(candidate.path));
    if (mediaKind === 'identity') continue;
    const holdsName = namesCamera && isLastName(context, camera);
    const reason = holdsName ? 'clear.names-camera' : await clearOne(context, camera, candidate, options);
    if (reason === null) {
      outcome.removed += 1;
      outcome.removedBytes += candidate.sizeBytes;
      continue;
    }
    outcome.kept += 1;
    if (reason === 'clear.no-receipt') outcome.waiting += 1;
    outcome.reasons[reason] = (outcome.reasons[reason] ?? 0) + 1;
    if (reason === 'docking.interrupted') break;
  }
  if (outcome.removed > 0) await appendCleared(context, camera, outcome);
  return outcome;
}

/** What may be removed; files by whose names the camera is known come after the others. */
function candidates(context: IngestContext, camera: DockedCamera): Candidate[] {
  const found = sql<{ n: number; path: Buffer; item_id: string | null; size_bytes: number }>(
    context.work,
    "SELECT n, path, item_id, size_bytes FROM plan_files WHERE docking_id = ? AND state = 'settled' ORDER BY n",
  )
    .all(camera.dockingId)
    .flatMap((row) => (row.item_id ? [{ n: row.n, path: row.path, itemId: row.item_id, sizeBytes: row.size_bytes }] : []));
  const naming = Map.groupBy(found, (one) => camera.describe(pathText(one.path)).namesCamera);
  return [...(naming.get(false) ?? []), ...(naming.get(true) ?? [])];
}

/** Whether the camera has only one file left by whose name it is known, and others that are not. */
function isLastName(context: IngestContext, camera: DockedCamera): boolean {
  let naming = 0;
  let others = 0;
  const left = sql<{ path: Buffer }>(
    context.work,
    "SELECT path FROM plan_files WHERE docking_id = ? AND state IN ('waiting', 'copied', 'settled', 'failed')",
  );
  for (const { path } of left.iterate(camera.dockingId)) {
    if (camera.describe(pathText(path)).namesCamera) naming += 1;
    else others += 1;
    if (naming > 1) return false;
  }
  return others > 0;
}

/**
 * Clears one file; null when it is gone, else why it stays. A camera that goes away meanwhile leaves the intent open, as a
 * stop would: only a look at it can tell whether the file is still there.
 */
async function clearOne(context: IngestContext, camera: DockedCamera, candidate: Candidate, options: ClearOptions): Promise<ErrorCode | null> {
  const item = sql<{ sha256: string; read_back: string }>(context.ledger.reader, 'SELECT sha256, read_back FROM items WHERE item_id = ?').get(
    candidate.itemId,
  );
  const sidecar = context.vault.readSidecar(candidate.itemId);
  if (!item || !sidecar.ok || item.read_back === 'unproven') return 'clear.not-proven';
  if (options.policy === 'after-confirmed' && !options.confirmed(candidate.itemId)) return 'clear.no-receipt';

  const digest = pathDigest(sidecar.value, candidate.path);
  const about = aboutItem(context, camera, candidate.itemId);
  await context.ledger.append([{ type: 'clear.intended', ...about, body: { sha256: item.sha256, pathDigest: digest, policy: options.policy } }]);
  const reason = await filesOf(context, camera).removeIfSame(candidate.path, item.sha256, options.signal);
  if (reason === 'docking.interrupted' || !(await camera.isAlive())) return 'docking.interrupted';
  if (reason === null) {
    setCleared(context, camera, candidate);
    await context.ledger.append([
      { type: 'clear.done', ...about, at: context.now(), body: { sha256: item.sha256, pathDigest: digest, removed: true } },
    ]);
    return null;
  }
  await context.ledger.append([{ type: 'clear.refused', ...about, at: context.now(), body: { reason, pathDigest: digest } }]);
  return reason;
}

function setCleared(context: IngestContext, camera: DockedCamera, candidate: Candidate): void {
  sql(context.work, "UPDATE plan_files SET state = 'cleared' WHERE docking_id = ? AND n = ?").run(camera.dockingId, candidate.n);
}

/**
 * Intents that a stop left open are settled by looking: a file that is not there any more was removed. One that is
 * still there goes through the whole check again. False, and nothing settled, when the camera is not there to be looked at.
 */
async function settleIntents(context: IngestContext, camera: DockedCamera): Promise<boolean> {
  if (!(await camera.isAlive())) return false;
  const intents = sql<{ item_id: string; path_digest: string; sha256: string }>(
    context.ledger.reader,
    "SELECT c.item_id, c.path_digest, i.sha256 FROM clears c JOIN items i USING (item_id) WHERE c.state = 'intended' AND i.camera_id = ?",
  );
  const open = camera.cameraIds.flatMap((id) => intents.all(id));
  const drafts: Draft[] = [];
  for (const intent of open) {
    const raw = pathFor(context, intent.item_id, intent.path_digest);
    const found = raw && (await filesOf(context, camera).look(raw));
    if (!found?.ok || found.value) continue;
    drafts.push({
      type: 'clear.done',
      ...aboutItem(context, camera, intent.item_id),
      body: { sha256: intent.sha256, pathDigest: intent.path_digest, removed: false },
    });
  }
  if (!(await camera.isAlive())) return false;
  if (drafts.length > 0) await context.ledger.append(drafts);
  return true;
}

/** The path a digest was made of: the item's own, or that of one of its sightings. */
function pathFor(context: IngestContext, itemId: string, digest: string): Buffer | null {
  const sidecar = context.vault.readSidecar(itemId);
  if (!sidecar.ok) return null;
  const sightings = sql<{ sighting_id: string }>(
    context.ledger.reader,
    'SELECT sighting_id FROM sightings WHERE item_id = ? AND sighting_id IS NOT NULL',
  ).all(itemId);
  const paths = [sidecar.value.source.pathRaw, ...sightings.map((row) => context.ledger.records.get('sighting', row.sighting_id)?.['pathRaw'])];
  return (
    paths
      .filter((raw): raw is string => typeof raw === 'string')
      .map((raw) => Buffer.from(raw, 'base64url'))
      .find((raw) => pathDigest(sidecar.value, raw) === digest) ?? null
  );
}

function aboutItem(context: IngestContext, camera: DockedCamera, itemId: string) {
  return {
    subject: { kind: 'item' as const, id: itemId },
    refs: [
      { kind: 'docking' as const, id: camera.dockingId, role: 'docking' },
      { kind: 'camera' as const, id: camera.cameraId, role: 'camera' },
    ],
    actor: ACTOR,
    at: context.now(),
  };
}

async function appendCleared(context: IngestContext, camera: DockedCamera, outcome: ClearOutcome): Promise<void> {
  await context.ledger.append([
    {
      type: 'docking.cleared',
      subject: { kind: 'docking', id: camera.dockingId },
      refs: [{ kind: 'camera', id: camera.cameraId, role: 'camera' }],
      actor: ACTOR,
      at: context.now(),
      body: { removed: outcome.removed, kept: outcome.kept },
    },
  ]);
}
