import path from 'node:path';
import type { Draft } from '../contract/entries/index.ts';
import { done, type ErrorCode, failed, type Result } from '../contract/errors.ts';
import { LedgerWriteError, type RunningConsumer } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { asking } from './backend.ts';
import { type Destination, listDestinations, readsBack } from './destinations.ts';
import { type ForwardContext, paced } from './forward.ts';

/** Policy: after how many days a local copy may go (0: never for its age), and below how many free bytes (0: never for space). */
export type FreeingRules = { days: number; belowBytes: number; needs: 'every-archive' | 'one-archive' };

export type FreeingContext = {
  forward: ForwardContext;
  rules(): FreeingRules;
  /** Free bytes of the vault's file system. */
  freeBytes(): number;
};

const ACTOR = { kind: 'system' as const, id: 'free' };
const DAY_MS = 86_400_000;
/** How often it is looked whether something may go. */
const LOOK_MS = 10 * 60_000;

type Unit = { unitId: string; closedSeq: number; closedAt: string };
type Item = { itemId: string; sha256: string; sizeBytes: number };

/**
 * Removes originals from the vault that policy no longer keeps there, oldest recording first, and only what every required
 * archive proves once more to hold: its bytes are read there now, in full. Intended on the ledger, removed, folder flushed,
 * done on the ledger. Nothing younger than a day goes. Says how many originals went.
 */
export async function freeOriginals(context: FreeingContext, signal: AbortSignal): Promise<number> {
  const { ledger, now } = context.forward;
  await settleIntents(context);
  const nowMs = Date.parse(now());
  let freed = 0;
  for (const unit of unfreed(context)) {
    if (signal.aborted) break;
    const ageMs = nowMs - Date.parse(unit.closedAt);
    const { days, belowBytes } = context.rules();
    const isOld = days > 0 && ageMs >= days * DAY_MS;
    const because = isOld ? ('age' as const) : context.freeBytes() < belowBytes ? ('space' as const) : null;
    if (because === null || ageMs < DAY_MS) break;
    // Of one that a stop came into, some may be gone and recorded.
    const items = itemsOf(context, unit.unitId).filter(({ itemId }) => stateOf(context, itemId) !== 'done');
    const proven = await provenAt(context, unit, items, signal);
    if (proven === null) continue;
    if (!proven.ok) {
      await recordRefusal(context, unit, proven.failure.code);
      continue;
    }
    const about = (item: Item) => ({ subject: { kind: 'item' as const, id: item.itemId }, actor: ACTOR, at: now() });
    const body = { unitId: unit.unitId, because, destinationIds: proven.value };
    await ledger.append(items.map((item): Draft => ({ type: 'free.intended', ...about(item), body: { ...body, sha256: item.sha256 } })));
    for (const { itemId } of items) if (context.forward.vault.holdsOriginal(itemId)) await context.forward.vault.freeOriginal(itemId);
    await ledger.append(items.map((item): Draft => ({ type: 'free.done', ...about(item), body: { unitId: unit.unitId, removed: true } })));
    freed += items.length;
  }
  return freed;
}

/** Units of which something may still lie in the vault, oldest first; read in pages. */
function* unfreed({ forward }: FreeingContext): Generator<Unit> {
  const page = sql<{ unit_id: string; closed_seq: number; closed_at: string }>(
    forward.ledger.reader,
    'SELECT unit_id, closed_seq, closed_at FROM closed_units WHERE freed = 0 AND closed_seq > ? ORDER BY closed_seq LIMIT 100',
  );
  for (let after = 0; ; ) {
    const rows = page.all(after);
    for (const row of rows) yield { unitId: row.unit_id, closedSeq: row.closed_seq, closedAt: row.closed_at };
    const last = rows.at(-1);
    if (!last) return;
    after = last.closed_seq;
  }
}

function stateOf({ forward }: FreeingContext, itemId: string): 'intended' | 'done' | null {
  const row = sql<{ state: 'intended' | 'done' }>(forward.ledger.reader, 'SELECT state FROM freed_items WHERE item_id = ?').get(itemId);
  return row?.state ?? null;
}

function itemsOf({ forward }: FreeingContext, unitId: string): Item[] {
  return sql<{ item_id: string; sha256: string; size_bytes: number }>(
    forward.ledger.reader,
    'SELECT u.item_id, i.sha256, i.size_bytes FROM unit_items u JOIN items i USING (item_id) WHERE u.unit_id = ? ORDER BY n',
  )
    .all(unitId)
    .map((row) => ({ itemId: row.item_id, sha256: row.sha256, sizeBytes: row.size_bytes }));
}

/**
 * The archives that hold every item of a unit, by their bytes as they are now. Null when policy wants a receipt that is not
 * there yet; a failure when an archive no longer holds what it confirmed.
 */
async function provenAt(context: FreeingContext, { unitId }: Unit, items: readonly Item[], signal: AbortSignal): Promise<Result<string[]> | null> {
  const { ledger } = context.forward;
  const bags = new Map(
    sql<{ destination_id: string; bag: string }>(
      ledger.reader,
      `SELECT destination_id, bag FROM receipts r WHERE unit_id = ? AND EXISTS (
         SELECT 1 FROM unit_items u JOIN receipt_items i ON i.item_id = u.item_id AND i.destination_id = r.destination_id WHERE u.unit_id = r.unit_id)`,
    )
      .all(unitId)
      .map((row) => [row.destination_id, row.bag]),
  );
  // Of one that nobody can read back there is no proof to wait for.
  const all = listDestinations(ledger).filter(readsBack);
  const holding = all.filter(({ id }) => bags.has(id));
  const required = context.rules().needs === 'every-archive' ? all : holding.filter(({ sameDisk }) => !sameDisk).slice(0, 1);
  // What lies on the vault's own disk alone is gone with it.
  if (!required.every(({ id }) => bags.has(id)) || !required.some(({ sameDisk }) => !sameDisk)) return null;
  for (const destination of required) {
    const read = await readAgain(context.forward, destination, { bag: bags.get(destination.id) as string, items }, signal);
    if (!read.ok) return read;
  }
  return done(required.map(({ id }) => id));
}

async function readAgain(
  context: ForwardContext,
  destination: Destination,
  { bag, items }: { bag: string; items: readonly Item[] },
  signal: AbortSignal,
): Promise<Result<null>> {
  const opened = await context.connections.open(destination, context.hashAtRest);
  if (!opened.ok) return opened;
  const backend = opened.value;
  const hash = paced(backend.hash, context.paces.of(destination.id).readBack);
  return asking(
    backend,
    destination.name,
    async () => {
      const checked = await backend.check(destination.id);
      if (!checked.ok) return checked;
      const files = new Map<string, string>();
      for await (const file of backend.list(`${bag}/data`)) files.set(path.posix.basename(file).slice(5, 41), file);
      for (const { itemId, sha256 } of items) {
        const file = files.get(itemId);
        const found = file === undefined ? null : await hash(file, signal);
        signal.throwIfAborted();
        const what = `${destination.name}: ${bag}: ${itemId}`;
        if (!found) return failed('archive.item-missing', what);
        if (found.sha256 !== sha256) return failed('archive.item-differs', what, `${found.sha256} there, ${sha256} recorded`);
      }
      return done(null);
    },
    signal,
  );
}

/** Why a local copy stays is said once, not each time it is looked at. */
async function recordRefusal({ forward: { ledger, now } }: FreeingContext, { unitId }: Unit, reason: ErrorCode): Promise<void> {
  const former = sql<{ reason: string }>(ledger.reader, 'SELECT reason FROM free_refusals WHERE unit_id = ?').get(unitId);
  if (former?.reason === reason) return;
  await ledger.append([{ type: 'free.refused', subject: { kind: 'unit', id: unitId }, actor: ACTOR, at: now(), body: { reason } }]);
}

/** Intents that a stop left open are settled by looking: what is not there any more was removed; what is there stays until its turn comes again. */
async function settleIntents({ forward: { ledger, vault, now } }: FreeingContext): Promise<void> {
  const open = sql<{ item_id: string; unit_id: string }>(ledger.reader, "SELECT item_id, unit_id FROM freed_items WHERE state = 'intended'").all();
  const gone = open.filter(({ item_id }) => !vault.holdsOriginal(item_id));
  const drafts = gone.map(
    ({ item_id, unit_id }): Draft => ({
      type: 'free.done',
      subject: { kind: 'item', id: item_id },
      actor: ACTOR,
      at: now(),
      body: { unitId: unit_id, removed: false },
    }),
  );
  if (drafts.length > 0) await ledger.append(drafts);
}

/** Looks from time to time whether something may go. */
export function runFreeing(context: FreeingContext, onBug: (error: unknown) => void): Pick<RunningConsumer, 'idle' | 'stop'> {
  const stop = new AbortController();
  let round: Promise<unknown> = Promise.resolve();
  async function rounds(): Promise<void> {
    while (!stop.signal.aborted) {
      round = freeOriginals(context, stop.signal).catch((error: unknown) => {
        if (!(error instanceof LedgerWriteError) && !stop.signal.aborted) onBug(error);
      });
      await round;
      await context.forward.timer.wait(LOOK_MS, stop.signal).catch(() => undefined);
    }
  }
  const running = rounds();
  return {
    idle: async () => void (await round),
    async stop() {
      stop.abort(new Error('the station stops'));
      await running;
    },
  };
}
