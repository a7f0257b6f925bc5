import { v7 as uuidv7 } from 'uuid';
import { done, failed, type Result } from '../contract/errors.ts';
import type { MarkKind } from '../contract/notice.ts';
import type { Actor } from '../contract/values.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';

type MarkContext = { ledger: Ledger; now(): string; actor: Actor };

/**
 * Marks a place on a unit. Fails with `unit.unknown`, or `mark.outside` when the item is not of this unit or is known to
 * be shorter; an item of unknown length takes any place.
 */
export async function markUnit(
  context: MarkContext,
  mark: { unitId: string; itemId: string; offsetMs: number; kind: MarkKind; words: string },
): Promise<Result<{ markId: string }>> {
  const closed = latestEntry(context.ledger.reader, 'unit.closed', mark.unitId);
  if (!closed) return failed('unit.unknown', mark.unitId);
  const item = closed.body.items.find((one) => one.itemId === mark.itemId);
  if (!item || (item.durationMs !== null && mark.offsetMs > item.durationMs)) return failed('mark.outside', `${mark.itemId} ${mark.offsetMs} ms`);
  const markId = uuidv7();
  await context.ledger.append(
    [
      {
        type: 'unit.marked',
        subject: { kind: 'unit', id: mark.unitId },
        refs: [{ kind: 'item', id: mark.itemId, role: 'marked' }],
        actor: context.actor,
        at: context.now(),
        body: { markId, kind: mark.kind, itemId: mark.itemId, offsetMs: mark.offsetMs },
      },
    ],
    mark.words === '' ? [] : [{ kind: 'mark', id: markId, data: { words: mark.words } }],
  );
  return done({ markId });
}

/** Takes a mark of a unit back, by an entry of its own. Fails with `mark.unknown`, also when it was taken back already. */
export async function unmarkUnit(context: MarkContext, unitId: string, markId: string): Promise<Result<{ markId: string }>> {
  const mark = marksOf(context.ledger.reader, unitId).find((one) => one.mark_id === markId);
  if (!mark) return failed('mark.unknown', markId);
  await context.ledger.append([
    {
      type: 'unit.unmarked',
      subject: { kind: 'unit', id: unitId },
      refs: [{ kind: 'item', id: mark.item_id, role: 'marked' }],
      actor: context.actor,
      at: context.now(),
      body: { markId },
    },
  ]);
  return done({ markId });
}

export type MarkRow = { mark_id: string; kind: MarkKind; item_id: string; offset_ms: number; person_id: string; at: string };

/** The marks a unit has now, as they were made. */
export function marksOf(reader: Db, unitId: string): MarkRow[] {
  return sql<MarkRow>(reader, 'SELECT mark_id, kind, item_id, offset_ms, person_id, at FROM unit_marks WHERE unit_id = ? ORDER BY mark_id').all(
    unitId,
  );
}
