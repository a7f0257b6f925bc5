import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { done, type Result } from '../contract/errors.ts';
import { type DataPaths, type Db, fsyncFolder, MIGRATIONS, openDatabase } from '../store/index.ts';
import { frameOf, type SealedBytes } from './canonical.ts';
import { insertEntry } from './insert.ts';
import { createTables, type Projection } from './projection.ts';
import { tableDigests } from './replay.ts';
import { settle } from './settle.ts';

/** Every projection replayed from `reader`'s entries, each told to `onEntry`, into a database of its own in memory; the caller closes it. */
export function rebuildInto(reader: Db, projections: readonly Projection[], onEntry: () => void = () => undefined): Db {
  const db = new Database(':memory:');
  for (const migration of MIGRATIONS) db.exec(migration.sql);
  for (const projection of projections) createTables(db, projection);
  db.transaction(() => {
    for (const row of reader.prepare('SELECT canonical, hash FROM entries ORDER BY seq').iterate() as Iterable<SealedBytes>) {
      insertEntry(db, projections, row, frameOf(row));
      onEntry();
    }
  })();
  return db;
}

export type Rebuilt = { entries: number; tables: { table: string; rows: number; same: boolean | null }[] };

/**
 * Makes the database anew from the ledger's segments alone and puts it in the place of the old one. `same` says per
 * table whether its rows equal the former ones, null when the former database was gone or unreadable. The caller holds
 * the data folder's lock, and no station runs.
 */
export function rebuildDatabase(paths: DataPaths, projections: readonly Projection[]): Result<Rebuilt> {
  const former = formerDigests(paths, projections);
  if (former && !former.ok) return former;
  const fresh = `${paths.database}.rebuilding`;
  removeDatabase(fresh);
  const opened = openDatabase(fresh);
  if (!opened.ok) return opened;
  const db = opened.value;
  for (const projection of projections) createTables(db, projection);
  const settled = settle(paths.ledger, db, projections);
  if (!settled.ok) {
    db.close();
    return settled;
  }
  const digests = tableDigests(db, projections);
  const entries = (db.prepare('SELECT count(*) AS n FROM entries').get() as { n: number }).n;
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  if (fs.existsSync(paths.database) && !former) fs.renameSync(paths.database, `${paths.database}.damaged-${Date.now()}`);
  removeDatabase(paths.database);
  fs.renameSync(fresh, paths.database);
  fsyncFolder(path.dirname(paths.database));
  const tables = Object.entries(digests).map(([table, { rows, digest }]) => ({
    table,
    rows,
    same: former ? former.value[table]?.digest === digest : null,
  }));
  return done({ entries, tables });
}

/** Digests of the database as it is, first settled with the segments; null when there is none that can be read. */
function formerDigests(paths: DataPaths, projections: readonly Projection[]): Result<ReturnType<typeof tableDigests>> | null {
  if (!fs.existsSync(paths.database)) return null;
  const opened = openDatabase(paths.database);
  if (!opened.ok) return opened.failure.code === 'database.damaged' ? null : opened;
  try {
    const settled = settle(paths.ledger, opened.value, projections);
    return settled.ok ? done(tableDigests(opened.value, projections)) : settled;
  } catch {
    // Whatever SQLite could not read, the segments hold it; that is what this command is for.
    return null;
  } finally {
    opened.value.close();
  }
}

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
}
