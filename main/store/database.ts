import Database from 'better-sqlite3';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { MIGRATIONS } from './migrations/index.ts';

export type Db = Database.Database;

/** Highest migration this program knows; a database beyond it was written by a newer program. */
const NEWEST = MIGRATIONS.at(-1)?.number ?? 0;

/**
 * Opens the station's database for its one writer: WAL, every commit flushed, foreign keys on, migrated to the newest
 * schema. Fails with `data-folder.newer` when a newer program wrote it and with `database.damaged` when SQLite cannot
 * read it; it never repairs or recreates anything by itself.
 */
export function openDatabase(path: string): Result<Db> {
  return guarded(path, () => {
    const db = new Database(path);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('trusted_schema = OFF');
    return migrate(db, path);
  });
}

/** Opens the same database for reading only; it sees every commit made before each statement. */
export function openReader(path: string): Result<Db> {
  return guarded(path, () => {
    const db = new Database(path, { readonly: true, fileMustExist: true });
    db.pragma('query_only = ON');
    return done(db);
  });
}

/** Opens a database file; one that SQLite cannot read is `database.damaged`. */
export function guarded(path: string, open: () => Result<Db>): Result<Db> {
  try {
    return open();
  } catch (error) {
    const damage = damageIn(error, path);
    if (damage) return { ok: false, failure: damage };
    throw error;
  }
}

/** The failure that an error means when SQLite met something in a file that no database has; null for any other error. */
export function damageIn(error: unknown, path: string): Failure | null {
  return isSqliteError(error, 'SQLITE_CORRUPT', 'SQLITE_NOTADB') ? failed('database.damaged', path, error.message).failure : null;
}

/**
 * Whether every page of a database is one, and with `full` every index entry that of its row: a page that nothing has
 * read yet may be damaged for long. Null when all is well.
 */
export function findDamage(db: Db, path: string, full: boolean): Failure | null {
  try {
    const found = db.pragma(full ? 'integrity_check(1)' : 'quick_check(1)', { simple: true });
    return found === 'ok' ? null : failed('database.damaged', path, String(found)).failure;
  } catch (error) {
    const damage = damageIn(error, path);
    if (damage) return damage;
    throw error;
  }
}

/** True for an SQLite error of one of the primary codes given (extended codes included). */
export function isSqliteError(error: unknown, ...codes: string[]): error is InstanceType<typeof Database.SqliteError> {
  return error instanceof Database.SqliteError && codes.some((code) => error.code.startsWith(code));
}

function migrate(db: Db, path: string): Result<Db> {
  const at = db.pragma('user_version', { simple: true }) as number;
  if (at > NEWEST) {
    db.close();
    return failed('data-folder.newer', path, `schema ${at}, this program knows ${NEWEST}`);
  }
  for (const migration of MIGRATIONS) {
    if (migration.number <= at) continue;
    db.transaction(() => {
      db.exec(migration.sql);
      db.pragma(`user_version = ${migration.number}`);
    })();
  }
  return done(db);
}

const prepared = new WeakMap<Db, Map<string, Database.Statement<unknown[]>>>();

/** The prepared statement for `sql` on this connection, prepared once. */
export function sql<Row = unknown>(db: Db, text: string): Database.Statement<unknown[], Row> {
  let statements = prepared.get(db);
  if (!statements) {
    statements = new Map();
    prepared.set(db, statements);
  }
  let statement = statements.get(text);
  if (!statement) {
    statement = db.prepare(text);
    statements.set(text, statement);
  }
  return statement as Database.Statement<unknown[], Row>;
}
