import { type Db, sql } from '../store/index.ts';
import type { Projection } from './projection.ts';

/** The table in which a projection keeps how many there are of what, so that nobody has to count a table that grows. */
export function totalsTable(name: string): Projection['tables'][number] {
  return { name, orderBy: 'what', ddl: `CREATE TABLE ${name} (what TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID` };
}

/** For reducers: there are `n` more of it, or fewer. */
export function addTotal(db: Db, table: string, what: string, n = 1): void {
  if (n !== 0) sql(db, `INSERT INTO ${table} VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`).run(what, n);
}

/** How many there are; 0 of what has never been met. */
export function totalOf(db: Db, table: string, what: string): number {
  return sql<{ n: number }>(db, `SELECT n FROM ${table} WHERE what = ?`).get(what)?.n ?? 0;
}
