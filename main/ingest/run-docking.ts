import { v7 as uuidv7 } from 'uuid';
import { type Failure, failed } from '../contract/errors.ts';
import { createTurns, sql, type Turns } from '../store/index.ts';
import { filesOf } from './camera-files.ts';
import { type DockedCamera, INGEST_ACTOR, type IngestContext } from './docked-camera.ts';
import { registerOfficers } from './officers.ts';
import { pathText } from './path-text.ts';
import { makePlan, type PlanCounts, refuse } from './plan.ts';
import { type CopiedFile, type PlannedFile, type SettledFile, type SettleOptions, settleCopied, settleFile } from './settle-file.ts';

/** How far a docking is; bytes are of the plan, `copiedBytes` is what was really written. */
export type DockingProgress = {
  phase: 'planning' | 'copying' | 'proven' | 'interrupted';
  files: number;
  bytes: number;
  doneFiles: number;
  doneBytes: number;
  copiedFiles: number;
  copiedBytes: number;
  failures: Failure[];
};

export type DockingOutcome = {
  finished: boolean;
  safe: boolean;
  stored: number;
  storedBytes: number;
  resumedBytes: number;
  seenAgain: number;
  refused: number;
  failures: Failure[];
  /** What a docking that did not finish has not settled, the first of it by name; null when its plan was not made yet. */
  left: { files: number; bytes: number; names: string[] } | null;
};

/**
 * What tells a file's turn from another's: its rank in the plan, whether it is copied and only to be proven, what is to be
 * read for it, and all that is left of its camera.
 */
export type NextFile = { rank: number; copied: boolean; bytes: number; remainingBytes: number };

/** Leave to copy one file. `signal` is aborted when the file has to wait for another turn. */
export type Turn = { signal: AbortSignal; release(): void };

/** Waits for a turn with the next file; null when `signal` was aborted first. */
export type TakeTurn = (next: NextFile, signal: AbortSignal) => Promise<Turn | null>;

export type RunOptions = {
  /** Aborted when the camera is gone, or is not to be copied. */
  signal: AbortSignal;
  /** Asked for one turn at a time; a turn is given back whatever became of its file. */
  takeTurn: TakeTurn;
  onProgress(progress: DockingProgress): void;
};

/** Failures kept for display; all of them are on the ledger. */
const MAX_SHOWN_FAILURES = 100;
/** A file that changes under our hands is tried this often. */
const MAX_ATTEMPTS = 3;

/**
 * Ingests everything on a docked camera: plans, settles each file, and appends `docking.proven` when all are settled.
 * One bad file never stops the others; an aborted signal stops everything at the next block and leaves partials that a
 * later run goes on from. May be run again for the same docking.
 */
export async function runDocking(context: IngestContext, camera: DockedCamera, options: RunOptions): Promise<DockingOutcome> {
  const progress: DockingProgress = {
    phase: 'planning',
    files: 0,
    bytes: 0,
    doneFiles: 0,
    doneBytes: 0,
    copiedFiles: 0,
    copiedBytes: 0,
    failures: [],
  };
  options.onProgress(progress);
  if (camera.officer) await registerOfficers(context, [camera.officer]);
  const unreadable: Failure[] = [];
  const counts = await makePlan(context, camera, options.signal, ({ path, detail }) =>
    unreadable.push(failed('source.unreadable', `${camera.serial}: ${pathText(path)}`, detail).failure),
  );
  const onlyImages = camera.cards.length > 0 ? [failed('camera.image-only', camera.serial).failure] : [];
  progress.failures.push(...onlyImages, ...unreadable.slice(0, MAX_SHOWN_FAILURES));
  const outcome: DockingOutcome = {
    finished: false,
    safe: false,
    stored: 0,
    storedBytes: 0,
    resumedBytes: 0,
    seenAgain: 0,
    refused: counts === null ? 0 : counts.refused - unreadable.length,
    failures: [...onlyImages, ...unreadable],
    left: null,
  };
  const isHere = async () => !options.signal.aborted && (await camera.isAlive()) && !options.signal.aborted;
  if (counts !== null) {
    Object.assign(progress, { phase: 'copying', files: counts.files, bytes: counts.bytes, ...settledBefore(context, camera) });
    await appendPlanned(context, camera, counts);
    options.onProgress(progress);
    await settleAll(context, camera, { ...options, isHere }, progress, outcome);
  }
  if (counts !== null && (await isHere())) {
    outcome.finished = true;
    await appendProven(context, camera, outcome);
    progress.phase = 'proven';
  } else {
    progress.phase = 'interrupted';
    outcome.left = counts === null ? null : leftOf(context, camera);
  }
  options.onProgress(progress);
  return outcome;
}

/** Files this docking proved before it was interrupted: they count as done from the start. */
function settledBefore(context: IngestContext, camera: DockedCamera) {
  const row = sql<{ files: number; bytes: number }>(
    context.work,
    "SELECT count(*) AS files, coalesce(sum(size_bytes), 0) AS bytes FROM plan_files WHERE docking_id = ? AND state = 'settled'",
  ).get(camera.dockingId);
  return { doneFiles: row?.files ?? 0, doneBytes: row?.bytes ?? 0 };
}

async function settleAll(
  context: IngestContext,
  camera: DockedCamera,
  options: RunOptions & { isHere(): Promise<boolean> },
  progress: DockingProgress,
  outcome: DockingOutcome,
): Promise<void> {
  const broken = new AbortController();
  const gone = new AbortController();
  const signal = AbortSignal.any([options.signal, broken.signal, gone.signal]);
  const inTurn = createTurns();
  const inFlight = new Map<number, number>();
  /** Bytes of files that are not under way: all of those that are done, and what was read of copies that wait. */
  let restingBytes = progress.doneBytes;

  function tell(): void {
    let current = 0;
    for (const bytes of inFlight.values()) current += bytes;
    progress.doneBytes = restingBytes + current;
    options.onProgress(progress);
  }

  /** What is known of the plan's files in state `copied`. Kept here alone: after a stop they are copied as any other partial. */
  const copied = new Map<number, CopiedFile>();
  async function settleOne(file: PlannedFile, turn: Turn): Promise<void> {
    const copy = copied.get(file.n) ?? null;
    const restedBytes = copy ? file.sizeBytes - unreadBytes(copy) : 0;
    const onProgress = (doneBytes: number) => {
      inFlight.set(file.n, doneBytes);
      tell();
    };
    const rest = (bytes: number) => {
      inFlight.delete(file.n);
      restingBytes += bytes;
      tell();
    };
    restingBytes -= restedBytes;
    onProgress(restedBytes);
    const jobOptions = { signal: AbortSignal.any([signal, turn.signal]), onProgress, proveLater: context.provesLater() };
    const result = await settleWithRetries(context, camera, file, copy, inTurn, jobOptions);
    // A file of a camera that was pulled is not a bad file: it waits for the camera, whatever the read said. The dock says that
    // it is gone too, but a moment later.
    const isGone = !result.ok && !(await options.isHere());
    if (isGone) gone.abort();
    if (isGone || (!result.ok && result.failure.code === 'docking.interrupted')) {
      rest(restedBytes);
      // A copy that is whole is proven at its next turn.
      return copy ? undefined : keepPartial(context, camera, file);
    }
    copied.delete(file.n);
    if (!result.ok) {
      await giveUp(context, camera, file, result.failure, outcome, progress);
      setState(context, camera, file, 'failed', null);
    } else if (result.value.kind === 'copied') {
      copied.set(file.n, result.value);
      setState(context, camera, file, 'copied', null);
      return rest(file.sizeBytes - unreadBytes(result.value));
    } else {
      count(outcome, progress, result.value);
      const { itemId, holes } = result.value;
      if (holes.length > 0) say(camera, file, failed('source.incomplete', '', missingText(holes)).failure, outcome, progress);
      setState(context, camera, file, holes.length > 0 ? 'failed' : 'settled', itemId);
    }
    progress.doneFiles += 1;
    rest(file.sizeBytes);
  }

  const underWay = new Map<number, Promise<void>>();
  /** Copies last, because their bytes are in the vault already; what else is on the camera is not. */
  function nextFile(): NextInPlan | null {
    return nextIn(context, camera, 'waiting', underWay) ?? nextIn(context, camera, 'copied', underWay);
  }

  function begin(file: PlannedFile, turn: Turn): void {
    const settled = settleOne(file, turn)
      .catch((error: unknown) => {
        thrown.push(error);
        broken.abort();
      })
      .finally(() => {
        underWay.delete(file.n);
        turn.release();
      });
    underWay.set(file.n, settled);
  }

  const thrown: unknown[] = [];
  try {
    while (!signal.aborted) {
      const next = nextFile();
      if (next === null && underWay.size === 0) break;
      // What is under way may have to wait for another turn yet.
      if (next === null) await Promise.race(underWay.values());
      else {
        const remainingBytes = progress.bytes - progress.doneBytes;
        const copy = copied.get(next.n);
        const bytes = (copy && unreadBytes(copy)) || next.sizeBytes;
        const turn = await options.takeTurn({ rank: next.rank, copied: copy !== undefined, bytes, remainingBytes }, signal);
        if (turn === null) break;
        // Not the one that was asked for, when another was put first meanwhile.
        const file = nextFile();
        if (file === null) turn.release();
        else begin(file, turn);
      }
    }
  } finally {
    // All have ended before this does, whatever one of them threw: nothing moves in the vault of a station that has stopped.
    await Promise.all(underWay.values());
  }
  if (thrown.length > 0) throw thrown[0];
}

/** What a file that has to wait for another turn has copied already is where its next turn goes on. */
function keepPartial(context: IngestContext, camera: DockedCamera, file: PlannedFile): void {
  const pathRaw = file.path.toString('base64url');
  const { partials } = context.vault.listPartials();
  const mine = partials.find(({ sidecar }) => sidecar.dockingId === camera.dockingId && sidecar.source.pathRaw === pathRaw);
  if (!mine) return;
  sql(context.work, 'UPDATE plan_files SET partial_item = ? WHERE docking_id = ? AND n = ?').run(mine.itemId, camera.dockingId, file.n);
}

/** What of a copied file the camera was not asked for yet. */
function unreadBytes({ copied }: CopiedFile): number {
  return copied.unread?.bytes ?? 0;
}

/**
 * A copy that is whole is settled as one. When the disk does not hold it any more, or what its checkpoint stood for, the
 * camera still does: it is copied once more, from its beginning, as is a file that changes meanwhile.
 */
async function settleWithRetries(
  context: IngestContext,
  camera: DockedCamera,
  file: PlannedFile,
  copy: CopiedFile | null,
  inTurn: Turns,
  options: SettleOptions,
): ReturnType<typeof settleFile> {
  const atOnce = { ...options, proveLater: false };
  let result = copy ? await settleCopied(context, camera, file, copy, inTurn, options) : await settleFile(context, camera, file, inTurn, options);
  if (copy && !result.ok && result.failure.code === 'vault.read-back-differs') {
    result = await settleFile(context, camera, { ...file, decision: 'fresh', partialItem: null }, inTurn, atOnce);
  }
  for (let attempt = 1; attempt < MAX_ATTEMPTS && !result.ok && result.failure.code === 'source.changed'; attempt += 1) {
    const relisted = await relist(context, camera, file);
    if (!relisted) return result;
    result = await settleFile(context, camera, relisted, inTurn, atOnce);
  }
  return result;
}

/** The file as it is listed now, or null when it is no longer there. */
async function relist(context: IngestContext, camera: DockedCamera, file: PlannedFile): Promise<PlannedFile | null> {
  const found = await filesOf(context, camera).look(file.path);
  // Whatever the reason, the failure that led here is the one to report.
  return found.ok && found.value ? { ...file, ...found.value, decision: 'fresh', partialItem: null } : null;
}

function count(outcome: DockingOutcome, progress: DockingProgress, settled: SettledFile): void {
  if (settled.kind === 'seen-again') {
    outcome.seenAgain += 1;
    return;
  }
  outcome.stored += 1;
  outcome.storedBytes += settled.storedBytes;
  outcome.resumedBytes += settled.resumedBytes;
  progress.copiedFiles += 1;
  progress.copiedBytes += settled.storedBytes - settled.resumedBytes;
}

/** `8192 bytes in 2 places, the first at 1048576`. */
function missingText(holes: SettledFile['holes']): string {
  const bytes = holes.reduce((sum, hole) => sum + hole.lengthBytes, 0);
  return `${bytes} bytes in ${holes.length} places, the first at ${holes[0]?.offset}`;
}

function say(camera: DockedCamera, file: PlannedFile, failure: Failure, outcome: DockingOutcome, progress: DockingProgress): void {
  const shown = { ...failure, what: `${camera.serial}: ${pathText(file.path)}` };
  outcome.failures.push(shown);
  if (progress.failures.length < MAX_SHOWN_FAILURES) progress.failures.push(shown);
}

async function giveUp(
  context: IngestContext,
  camera: DockedCamera,
  file: PlannedFile,
  failure: Failure,
  outcome: DockingOutcome,
  progress: DockingProgress,
): Promise<void> {
  say(camera, file, failure, outcome, progress);
  // The detail goes without paths: those belong into the private record.
  const detail = /\b(E[A-Z0-9]+)\b/.exec(failure.detail)?.[1] ?? '';
  await refuse(context, camera, [{ path: file.path, reason: failure.code, fileType: 'file', detail }]);
}

type NextRow = {
  n: number;
  path: Buffer;
  size_bytes: number;
  mtime_ns: string;
  decision: PlannedFile['decision'];
  partial_item: string | null;
  rank: number;
};

type NextInPlan = PlannedFile & { rank: number };

/** The first file of the plan in this state that is not under way. */
function nextIn(
  context: IngestContext,
  camera: DockedCamera,
  state: 'waiting' | 'copied',
  underWay: { size: number; has(n: number): boolean },
): NextInPlan | null {
  const row = sql<NextRow>(
    context.work,
    `SELECT n, path, size_bytes, mtime_ns, decision, partial_item, rank FROM plan_files
     WHERE docking_id = ? AND state = ? ORDER BY rank, joins_from, n LIMIT ?`,
  )
    .all(camera.dockingId, state, underWay.size + 1)
    .find((one) => !underWay.has(one.n));
  if (!row) return null;
  const { n, path, size_bytes: sizeBytes, mtime_ns: mtimeNs, decision, partial_item: partialItem, rank } = row;
  return { n, path, sizeBytes, mtimeNs, decision, partialItem, rank };
}

/** Files of a plan that are named when they are not copied; all are counted. */
const MAX_NAMED = 20;

function leftOf(context: IngestContext, camera: DockedCamera): NonNullable<DockingOutcome['left']> {
  const where = "FROM plan_files WHERE docking_id = ? AND state IN ('waiting', 'copied')";
  const total = sql<{ files: number; bytes: number }>(context.work, `SELECT count(*) AS files, coalesce(sum(size_bytes), 0) AS bytes ${where}`).get(
    camera.dockingId,
  );
  if (!total) throw new Error('an aggregate query returned no row');
  const named = sql<{ path: Buffer }>(context.work, `SELECT path ${where} ORDER BY rank, joins_from, n LIMIT ?`).all(camera.dockingId, MAX_NAMED);
  return { ...total, names: named.map((row) => pathText(row.path)) };
}

function setState(
  context: IngestContext,
  camera: DockedCamera,
  file: PlannedFile,
  state: 'copied' | 'settled' | 'failed',
  itemId: string | null,
): void {
  sql(context.work, 'UPDATE plan_files SET state = ?, item_id = ? WHERE docking_id = ? AND n = ?').run(state, itemId, camera.dockingId, file.n);
}

async function appendPlanned(context: IngestContext, camera: DockedCamera, counts: PlanCounts): Promise<void> {
  await context.ledger.append([{ type: 'docking.planned', ...aboutDocking(context, camera), body: counts }]);
}

async function appendProven(context: IngestContext, camera: DockedCamera, outcome: DockingOutcome): Promise<void> {
  const total = totalsOf(context, camera);
  outcome.safe = outcome.failures.length === 0;
  await context.ledger.append([
    {
      type: 'docking.proven',
      ...aboutDocking(context, camera),
      body: { ...total, refused: outcome.refused, failed: outcome.failures.length, safe: outcome.safe },
    },
  ]);
}

/** What this docking put on the ledger, over all its interruptions. */
function totalsOf(context: IngestContext, camera: DockedCamera) {
  const stored = sql<{ stored: number; storedBytes: number }>(
    context.ledger.reader,
    'SELECT count(*) AS stored, coalesce(sum(size_bytes), 0) AS storedBytes FROM items WHERE docking_id = ?',
  ).get(camera.dockingId);
  const seen = sql<{ n: number }>(context.ledger.reader, 'SELECT count(*) AS n FROM sightings WHERE docking_id = ? AND sighting_id IS NOT NULL').get(
    camera.dockingId,
  );
  if (!stored || !seen) throw new Error('an aggregate query returned no row');
  return { ...stored, seenAgain: seen.n };
}

function aboutDocking(context: IngestContext, camera: DockedCamera) {
  return {
    subject: { kind: 'docking' as const, id: camera.dockingId },
    refs: [{ kind: 'camera' as const, id: camera.cameraId, role: 'camera' }],
    actor: INGEST_ACTOR,
    at: context.now(),
  };
}

/** A new docking's id. */
export function newDockingId(): string {
  return uuidv7();
}
