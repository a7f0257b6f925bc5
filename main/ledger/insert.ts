import type { Entry, EntryFrame } from '../contract/entries/index.ts';
import { type Db, sql } from '../store/index.ts';
import type { SealedBytes } from './canonical.ts';
import { type Projection, reduce } from './projection.ts';

/** Puts one entry and what follows from it into the database; the caller holds the transaction. */
export function insertEntry(db: Db, projections: readonly Projection[], sealed: SealedBytes, frame: EntryFrame): void {
  sql(
    db,
    `INSERT INTO entries (seq, id, at, type, subject_kind, subject_id, cause_consumer, cause_seq, cause_step, canonical, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    frame.seq,
    frame.id,
    frame.at,
    frame.type,
    frame.subject.kind,
    frame.subject.id,
    frame.cause?.consumer ?? null,
    frame.cause?.seq ?? null,
    frame.cause?.step ?? null,
    sealed.canonical,
    sealed.hash,
  );
  for (const [n, ref] of frame.refs.entries()) {
    sql(db, 'INSERT INTO entry_refs (seq, n, kind, id, role) VALUES (?, ?, ?, ?, ?)').run(frame.seq, n, ref.kind, ref.id, ref.role);
  }
  reduce(db, projections, frame as Entry);
}

/**
 * Numbers left out when a ledger goes on under a new key: more than can have been given by the former one since an archive
 * last got a segment of it, so that no number is ever used twice.
 */
export const LEDGER_LEAP = 1_000_000;

/**
 * Whether an entry may stand after one with sequence number `seq` (0 for none): under the next number, and only a
 * continuation of the ledger under a higher one.
 */
export function mayFollow(seq: number, frame: Pick<EntryFrame, 'seq' | 'type'>): boolean {
  return frame.seq === seq + 1 || (frame.type === 'ledger.continued' && frame.seq > seq);
}

/** Sequence number and hash of the newest entry; null for an empty ledger. */
export function headOf(db: Db): { seq: number; hash: string } | null {
  return sql<{ seq: number; hash: string }>(db, 'SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1').get() ?? null;
}
