import type { Entry } from '../contract/entries/index.ts';
import { frameOf, type Ledger, type SealedBytes } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { totalsOf } from './trouble.ts';

export type DueUnit = { unitId: string; closedSeq: number };
type Row = { unit_id: string; closed_seq: number; rank: number };

/**
 * What a destination still lacks and may get now, in the order it goes: important and linked recordings first, then oldest
 * first. Read in pages, so what is done meanwhile drops out. With `onlyFailed` only what failed before.
 */
export function* dueUnits(ledger: Ledger, destinationId: string, onlyFailed = false): Generator<DueUnit> {
  const page = sql<Row>(
    ledger.reader,
    `SELECT unit_id, closed_seq, rank FROM forward_queue WHERE destination_id = ? AND ready = 1 ${onlyFailed ? 'AND attempts > 0' : ''}
     AND (rank, closed_seq) > (?, ?) ORDER BY rank, closed_seq LIMIT 200`,
  );
  for (let rows = page.all(destinationId, 0, 0); rows.length > 0; ) {
    for (const row of rows) yield { unitId: row.unit_id, closedSeq: row.closed_seq };
    const last = rows.at(-1) as Row;
    rows = page.all(destinationId, last.rank, last.closed_seq);
  }
}

/** The entry by which a unit was closed. */
export function closingOf(ledger: Ledger, { closedSeq }: DueUnit): Entry<'unit.closed'> {
  const sealed = sql<SealedBytes>(ledger.reader, 'SELECT canonical, hash FROM entries WHERE seq = ?').get(closedSeq);
  if (!sealed) throw new Error(`entry ${closedSeq} closed a unit and is not there`);
  return frameOf(sealed) as Entry<'unit.closed'>;
}

/** How many of them wait, whether or not they may go now. */
export function countDue(ledger: Ledger, destinationId: string, onlyFailed: boolean): number {
  if (!onlyFailed) return totalsOf(ledger, destinationId).waiting;
  const text = 'SELECT count(*) AS n FROM forward_queue WHERE destination_id = ? AND attempts > 0';
  return sql<{ n: number }>(ledger.reader, text).get(destinationId)?.n ?? 0;
}
