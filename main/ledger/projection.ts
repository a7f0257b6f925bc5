import type { Entry, EntryType } from '../contract/entries/index.ts';
import { type Db, sql } from '../store/index.ts';

/**
 * A set of tables that only reducers write. Dropping them and replaying the ledger gives the same rows, byte for byte:
 * a reducer uses nothing but the entry and the tables of its own projection.
 */
export type Projection = {
  name: string;
  /** Raised whenever tables or reducers change; an older stored version is dropped and replayed at start. */
  version: number;
  /** Tables in the order they have to be made, each with the columns that order its rows. */
  tables: readonly { name: string; ddl: string; orderBy: string }[];
  reducers: { [T in EntryType]?: (db: Db, entry: Entry<T>) => void };
};

/** Applies one entry to every projection. An entry type that no reducer knows is skipped. */
export function reduce(db: Db, projections: readonly Projection[], entry: Entry): void {
  for (const projection of projections) {
    const reducer = projection.reducers[entry.type] as ((db: Db, entry: Entry) => void) | undefined;
    reducer?.(db, entry);
  }
}

/** Makes the tables of a projection anew, empty. */
export function createTables(db: Db, projection: Projection): void {
  for (const table of [...projection.tables].reverse()) db.exec(`DROP TABLE IF EXISTS ${table.name}`);
  for (const table of projection.tables) db.exec(table.ddl);
  sql(db, 'INSERT INTO projections (name, version) VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version').run(
    projection.name,
    projection.version,
  );
}

/** Projections whose tables are missing or of another version. */
export function outdated(db: Db, projections: readonly Projection[]): Projection[] {
  const stored = new Map(
    sql<{ name: string; version: number }>(db, 'SELECT name, version FROM projections')
      .all()
      .map((row) => [row.name, row.version]),
  );
  return projections.filter((projection) => stored.get(projection.name) !== projection.version);
}
