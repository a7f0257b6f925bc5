import fs from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import type { Draft } from '../contract/entries/index.ts';
import type { PartialQuarantined } from '../contract/entries/ingest.ts';
import { type PrivateRecord, sql } from '../store/index.ts';
import type { Partial } from '../vault/index.ts';
import { filesOf } from './camera-files.ts';
import { IMPORTANT_RANK, joinsFrom, KNOWN_RANK, ORDINARY_RANK } from './coming.ts';
import { type DockedCamera, type FileFacts, INGEST_ACTOR, type IngestContext } from './docked-camera.ts';
import { registerOfficers } from './officers.ts';
import { pathText } from './path-text.ts';
import type { ListedFile, ListedRefusal } from './walk.ts';

/** What a plan counts; bytes as listed. */
export type PlanCounts = { files: number; bytes: number; fresh: number; known: number; resumed: number; refused: number };

/** `settled`: proven earlier in this same docking, before the camera was away for a moment. */
type Decision = 'fresh' | 'known' | 'resume' | 'settled';
type Decided = { decision: Decision; itemId: string | null };
type PlanRow = Decided & { n: number; file: ListedFile; partialItem: string | null };
const RESUME: Decided = { decision: 'resume', itemId: null };

/** Rows and refusals are written in groups of this size, so that 100,000 files need no more memory than these. */
const GROUP = 200;

/**
 * Lists what is on the camera and decides per file what will be done about it. The plan is working state (`work.db`);
 * the ledger gets its counts, and an entry for each thing refused. Interrupted and planned again, a docking starts over
 * from what is on the camera now. `onUnreadable` hears of what could not even be listed: behind it may be evidence.
 * Null when the camera went away meanwhile: its list is worth nothing then, however complete it looks.
 */
export async function makePlan(
  context: IngestContext,
  camera: DockedCamera,
  signal: AbortSignal,
  onUnreadable: (found: ListedRefusal) => void = () => {},
): Promise<PlanCounts | null> {
  if (!(await camera.isAlive())) return null;
  sql(context.work, 'DELETE FROM plan_files WHERE docking_id = ?').run(camera.dockingId);
  const partials = await partialsOf(context, camera);
  const errorsBefore = camera.readErrors();
  const counts: PlanCounts = { files: 0, bytes: 0, fresh: 0, known: 0, resumed: 0, refused: 0 };
  const files = filesOf(context, camera);
  let listed: ListedFile[] = [];
  let refusals: ListedRefusal[] = [];

  /** False when the camera went away: what was refused since then is none of its doing. */
  async function flush(): Promise<boolean> {
    await registerOfficers(context, officersIn(camera, listed));
    await writeRows(context, camera, listed, partials, counts, signal);
    if (signal.aborted || (refusals.length > 0 && !(await camera.isAlive()))) return false;
    for (const refusal of refusals) if (refusal.reason === 'source.unreadable') onUnreadable(refusal);
    await refuse(context, camera, refusals);
    listed = [];
    refusals = [];
    return true;
  }

  for await (const found of files.list()) {
    if (signal.aborted) return null;
    if ('reason' in found) {
      counts.refused += 1;
      refusals.push(found);
    } else {
      listed.push(found);
    }
    if (listed.length + refusals.length >= GROUP && !(await flush())) return null;
  }
  const isWhole = camera.readErrors() === errorsBefore || (await isListedAgain(context, camera, counts.files + listed.length));
  if (!isWhole) {
    counts.refused += 1;
    refusals.push({ path: Buffer.alloc(0), reason: 'source.unreadable', fileType: 'directory', detail: 'EIO' });
  }
  if (!(await flush()) || !(await camera.isAlive()) || signal.aborted) return null;
  if (isWhole) await setAsideOrphans(context, camera, partials);
  return counts;
}

/**
 * Some file systems leave out what they cannot read of a folder: a list made over failing reads may be short, and does not
 * say where. Reads fail for other reasons as well (somebody asks the device for what it does not have): a second look without
 * any failure that finds as many files tells.
 */
async function isListedAgain(context: IngestContext, camera: DockedCamera, files: number): Promise<boolean> {
  for (let look = 0; look < 2; look += 1) {
    const before = camera.readErrors();
    let found = 0;
    for await (const one of filesOf(context, camera).list()) if (!('reason' in one)) found += 1;
    if (camera.readErrors() === before) return found === files;
  }
  return false;
}

/** Officers that only the names of files tell of. */
function officersIn(camera: DockedCamera, files: readonly ListedFile[]) {
  if (camera.officer) return [];
  const numbers = new Set(files.map((file) => camera.describe(pathText(file.path)).officer));
  return [...numbers].filter((number) => number !== null).map((number) => ({ number, source: 'file-name' as const }));
}

async function writeRows(
  context: IngestContext,
  camera: DockedCamera,
  files: readonly ListedFile[],
  partials: Map<string, Partial>,
  counts: PlanCounts,
  signal: AbortSignal,
): Promise<void> {
  const rows: PlanRow[] = [];
  for (const file of files) {
    const partial = partials.get(file.path.toString('base64url'));
    const fits = partial?.sidecar.source.sizeBytes === file.sizeBytes && partial.sidecar.source.mtimeNs === file.mtimeNs;
    if (fits) partials.delete(file.path.toString('base64url'));
    const { decision, itemId } = fits ? RESUME : await decide(context, camera, file, signal);
    counts.files += 1;
    counts.bytes += file.sizeBytes;
    if (decision === 'fresh') counts.fresh += 1;
    if (decision === 'resume') counts.resumed += 1;
    if (decision === 'known' || decision === 'settled') counts.known += 1;
    rows.push({ n: counts.files, file, decision, itemId, partialItem: fits ? partial.itemId : null });
  }
  context.work.transaction(() => {
    for (const { n, file, decision, itemId, partialItem } of rows) {
      const facts = camera.describe(pathText(file.path));
      sql(context.work, 'INSERT INTO plan_files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        camera.dockingId,
        n,
        file.path,
        file.sizeBytes,
        file.mtimeNs,
        decision,
        rankOf(facts, decision),
        joinsFrom(facts),
        partialItem,
        decision === 'settled' ? 'settled' : 'waiting',
        itemId,
      );
    }
  })();
}

/** New files first, important ones before the others; what is probably known already is read last, as rank `KNOWN_RANK`. */
function rankOf(facts: FileFacts, decision: Decision): number {
  if (decision === 'known' || decision === 'settled') return KNOWN_RANK;
  return facts.important ? IMPORTANT_RANK : ORDINARY_RANK;
}

/**
 * A file that agrees with an item of the same camera in size, time and fingerprint is probably known; with a weak
 * identity, in size. Either way it is read and hashed in full before anything is said about it: this only orders work.
 */
async function decide(context: IngestContext, camera: DockedCamera, file: ListedFile, signal: AbortSignal): Promise<Decided> {
  const fresh: Decided = { decision: 'fresh', itemId: null };
  const known: Decided = { decision: 'known', itemId: null };
  if (camera.cards.length > 0) return fresh;
  if (camera.weakIdentity) {
    const sameSize = sql(context.ledger.reader, 'SELECT 1 FROM sightings WHERE camera_id = ? AND size_bytes = ? LIMIT 1');
    return camera.cameraIds.some((id) => sameSize.get(id, file.sizeBytes)) ? known : fresh;
  }
  const sightings = sql<{ fingerprint: string; docking_id: string; item_id: string }>(
    context.ledger.reader,
    'SELECT fingerprint, docking_id, item_id FROM sightings WHERE camera_id = ? AND size_bytes = ? AND mtime_ns = ?',
  );
  const candidates = camera.cameraIds.flatMap((id) => sightings.all(id, file.sizeBytes, file.mtimeNs));
  if (candidates.length === 0) return fresh;
  const read = await filesOf(context, camera).fingerprint(file.path, { signal });
  // A file that cannot even be fingerprinted will say so itself when it is copied.
  const matches = read.ok ? candidates.filter((one) => one.fingerprint === read.value.fingerprint) : [];
  if (matches.length === 0) return fresh;
  const here = matches.find((one) => one.docking_id === camera.dockingId);
  return here ? { decision: 'settled', itemId: here.item_id } : known;
}

/** What can be gone on with. Zeros in a copy made around holes would look like bytes of the camera. */
async function partialsOf(context: IngestContext, camera: DockedCamera): Promise<Map<string, Partial>> {
  const mine = context.vault.listPartials().partials.filter((partial) => camera.cameraIds.includes(partial.sidecar.camera.id));
  const [plain, around] = [mine.filter(({ sidecar }) => !sidecar.salvage), mine.filter(({ sidecar }) => sidecar.salvage)];
  for (const partial of around) await context.vault.dropPartial(partial);
  return new Map(plain.map((partial) => [partial.sidecar.source.pathRaw, partial]));
}

/** Partials of this camera whose file is gone or changed can never be finished; they are kept aside, and it is said. */
async function setAsideOrphans(context: IngestContext, camera: DockedCamera, left: Map<string, Partial>): Promise<void> {
  for (const [pathRaw, partial] of left) {
    const listed = sql(context.work, 'SELECT 1 FROM plan_files WHERE docking_id = ? AND path = ?').get(
      camera.dockingId,
      Buffer.from(pathRaw, 'base64url'),
    );
    await setAside(context, camera, partial, listed ? 'source-changed' : 'source-gone');
  }
}

/** Keeps a partial that can never become an item, out of the way, and says why. */
export async function setAside(
  context: IngestContext,
  camera: DockedCamera,
  partial: Partial,
  reason: z.infer<typeof PartialQuarantined>['reason'],
): Promise<void> {
  const sizeBytes = fs.statSync(partial.file, { throwIfNoEntry: false })?.size ?? 0;
  await context.vault.quarantinePartial(partial);
  await context.ledger.append([
    {
      type: 'partial.quarantined',
      subject: { kind: 'item', id: partial.itemId },
      refs: [{ kind: 'camera', id: camera.cameraId, role: 'camera' }],
      actor: INGEST_ACTOR,
      at: context.now(),
      body: { reason, sizeBytes },
    },
  ]);
}

/** Puts refusals on the ledger, their paths into private records. */
export async function refuse(context: IngestContext, camera: DockedCamera, refusals: readonly ListedRefusal[]): Promise<void> {
  if (refusals.length === 0) return;
  const records: PrivateRecord[] = [];
  const drafts = refusals.map((refusal): Draft => {
    const id = uuidv7();
    records.push({ kind: 'refusal', id, data: { path: pathText(refusal.path), pathRaw: refusal.path.toString('base64url') } });
    return {
      type: 'file.refused',
      subject: { kind: 'refusal', id },
      refs: [
        { kind: 'docking', id: camera.dockingId, role: 'docking' },
        { kind: 'camera', id: camera.cameraId, role: 'camera' },
      ],
      actor: INGEST_ACTOR,
      at: context.now(),
      body: { reason: refusal.reason, fileType: refusal.fileType, detail: refusal.detail },
    };
  });
  await context.ledger.append(drafts, records);
}
