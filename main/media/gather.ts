import type { Entry } from '../contract/entries/index.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { clipOf, type FormerRecording, type UngroupedItem } from './units.pure.ts';

/** Items looked up before others get a turn: a camera may hold a hundred thousand. */
const ITEMS_PER_TURN = 100;

/** Ids of a camera's items, stored before an entry or at all, that are in no unit, in the order they were stored. */
export function ungroupedIds(ledger: Ledger, cameraIds: readonly string[], beforeSeq = Number.MAX_SAFE_INTEGER): string[] {
  const ungrouped = sql<{ item_id: string; stored_seq: number }>(
    ledger.reader,
    'SELECT item_id, stored_seq FROM ungrouped_items WHERE camera_id = ? AND stored_seq < ? ORDER BY stored_seq',
  );
  return cameraIds
    .flatMap((id) => ungrouped.all(id, beforeSeq))
    .sort((a, b) => a.stored_seq - b.stored_seq)
    .map((row) => row.item_id);
}

/** Resolves when each item has been probed; false when the signal is aborted or the ledger can not be written first. */
export async function allProbed(ledger: Ledger, itemIds: readonly string[], signal: AbortSignal): Promise<boolean> {
  const missing = new Set(itemIds);
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  // Listening before looking: what is probed in between is seen by one of the two.
  const unwatch = ledger.onTrouble(onAbort);
  const stop = ledger.subscribe((entries) => {
    for (const entry of entries) if (entry.type === 'item.probed') missing.delete(entry.subject.id);
    if (missing.size === 0) resolve();
  });
  for (const id of probedOf(ledger, itemIds)) missing.delete(id);
  if (missing.size === 0 || signal.aborted || ledger.trouble()) resolve();
  await promise;
  stop();
  unwatch();
  signal.removeEventListener('abort', onAbort);
  return !signal.aborted && missing.size === 0;
}

/** Items of which it is on the ledger whether they are media, out of those given. */
export function probedOf(ledger: Ledger, itemIds: readonly string[]): Set<string> {
  const probed = sql(ledger.reader, 'SELECT 1 FROM probes WHERE item_id = ?');
  return new Set(itemIds.filter((id) => probed.get(id)));
}

/** What grouping needs to know of items, in the order given. */
export async function factsOfItems(ledger: Ledger, itemIds: readonly string[]): Promise<UngroupedItem[]> {
  const facts: UngroupedItem[] = [];
  for (const itemId of itemIds) {
    const stored = latestEntry(ledger.reader, 'item.stored', itemId);
    if (!stored) throw new Error(`item ${itemId} is in a projection and not on the ledger`);
    facts.push(factsOf(ledger, stored));
    if (facts.length % ITEMS_PER_TURN === 0) await new Promise(setImmediate);
  }
  return facts;
}

function factsOf(ledger: Ledger, item: Entry<'item.stored'>): UngroupedItem {
  const probed = latestEntry(ledger.reader, 'item.probed', item.subject.id)?.body;
  const docking = item.refs.find((ref) => ref.kind === 'docking');
  if (!docking) throw new Error(`item ${item.subject.id} names no docking`);
  const path = ledger.records.get('item', item.subject.id)?.['path'];
  return {
    itemId: item.subject.id,
    dockingId: docking.id,
    officer: item.refs.find((ref) => ref.kind === 'person')?.id ?? null,
    mediaKind: item.body.mediaKind,
    path: typeof path === 'string' ? path : null,
    start: item.body.start,
    durationMs: probed?.durationMs ?? null,
    damaged: probed?.outcome === 'damaged' || item.body.holes !== undefined,
    sequence: item.body.sequence,
  };
}

/** A camera's newest recordings that are closed, which clips found later may belong to. */
export function formerRecordings(ledger: Ledger, cameraIds: readonly string[]): FormerRecording[] {
  const clip = (itemId: string) => {
    const stored = latestEntry(ledger.reader, 'item.stored', itemId);
    return stored ? clipOf(factsOf(ledger, stored)) : null;
  };
  const newest = sql<{ unit_id: string; first_item: string; last_item: string }>(
    ledger.reader,
    `SELECT unit_id, first.item_id AS first_item, last.item_id AS last_item
     FROM units JOIN unit_items first USING (unit_id) JOIN unit_items last USING (unit_id)
     WHERE camera_id = ? AND units.kind = 'recording' AND first.n = 0 AND last.n = clips - 1
     ORDER BY closed_seq DESC LIMIT 100`,
  );
  return cameraIds
    .flatMap((id) => newest.all(id))
    .flatMap((row) => {
      const [firstClip, lastClip] = [clip(row.first_item), clip(row.last_item)];
      return firstClip && lastClip ? [{ unitId: row.unit_id, firstClip, lastClip }] : [];
    });
}

/** Whether a camera, or its docking, has gone on since an entry: a later entry then decides about its items. */
export function hasGoneOn(ledger: Ledger, cameraId: string, afterSeq: number): boolean {
  const later = sql(
    ledger.reader,
    `SELECT 1 FROM entries WHERE type IN ('docking.started', 'docking.resumed', 'docking.proven', 'docking.ended')
     AND seq > ? AND seq IN (SELECT seq FROM entry_refs WHERE kind = 'camera' AND id = ?) LIMIT 1`,
  );
  return later.get(afterSeq, cameraId) !== undefined;
}
