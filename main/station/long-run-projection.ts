import type { Entry } from '../contract/entries/index.ts';
import type { RunEnded } from '../contract/entries/station.ts';
import { frameOf, type Projection, type SealedBytes } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';

/** Which entry says how the last run of each kind of long work ended. */
export const LONG_RUN_PROJECTION: Projection = {
  name: 'long-run',
  version: 1,
  tables: [{ name: 'long_runs', orderBy: 'work', ddl: 'CREATE TABLE long_runs (work TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT' }],
  reducers: {
    'run.ended': (db, { seq, body }) => {
      sql(db, 'INSERT INTO long_runs VALUES (?, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq').run(body.work, seq);
    },
  },
};

/** How the last run of a kind of long work ended; null when none ever did. */
export function lastEnded(reader: Db, work: RunEnded['work']): Entry<'run.ended'> | null {
  const row = sql<SealedBytes>(reader, 'SELECT canonical, hash FROM long_runs JOIN entries USING (seq) WHERE work = ?').get(work);
  return row ? (frameOf(row) as Entry<'run.ended'>) : null;
}
