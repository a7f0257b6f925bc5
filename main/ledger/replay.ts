import { createHash } from 'node:crypto';
import type { Entry, EntryFrame } from '../contract/entries/index.ts';
import { type Db, sql } from '../store/index.ts';
import { frameOf, type SealedBytes } from './canonical.ts';
import { createTables, type Projection, reduce } from './projection.ts';

/** Drops the given projections and makes them again from the ledger in the database, in one transaction. */
export function replay(db: Db, projections: readonly Projection[]): void {
  db.transaction(() => {
    for (const projection of projections) createTables(db, projection);
    for (const entry of everyEntry(db)) reduce(db, projections, entry as Entry);
  })();
}

/** All entries in order, read in pages so that memory stays bounded while the same connection writes. */
export function* everyEntry(db: Db, after = 0): Generator<EntryFrame> {
  let last = after;
  for (;;) {
    const page = sql<SealedBytes & { seq: number }>(db, 'SELECT seq, canonical, hash FROM entries WHERE seq > ? ORDER BY seq LIMIT 1000').all(last);
    for (const row of page) yield frameOf(row);
    const end = page.at(-1);
    if (!end) return;
    last = end.seq;
  }
}

/**
 * One digest per projection table over its rows in declared order: two databases with equal digests hold equal rows.
 */
export function tableDigests(db: Db, projections: readonly Projection[]): Record<string, { rows: number; digest: string }> {
  const digests: Record<string, { rows: number; digest: string }> = {};
  for (const table of projections.flatMap((projection) => projection.tables)) {
    const hash = createHash('sha256');
    let rows = 0;
    for (const row of db.prepare(`SELECT * FROM ${table.name} ORDER BY ${table.orderBy}`).iterate()) {
      hash.update(JSON.stringify(row)).update('\n');
      rows += 1;
    }
    digests[table.name] = { rows, digest: hash.digest('hex') };
  }
  return digests;
}
