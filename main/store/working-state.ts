import fs from 'node:fs';
import Database from 'better-sqlite3';
import { type Db, isSqliteError } from './database.ts';

/**
 * Opens `work.db`: plans of dockings under way, consumers' low-water marks, sign-ins, destinations that rest, files of catalogues, free space as it was, uploads begun. Everything in it can be worked
 * out again, so it is not flushed on every commit, may simply be deleted while no station runs, and is begun anew when
 * SQLite cannot read it.
 */
export function openWorkingState(file: string): Db {
  try {
    return open(file);
  } catch (error) {
    if (!isSqliteError(error, 'SQLITE_CORRUPT', 'SQLITE_NOTADB')) throw error;
    for (const suffix of ['', '-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
    return open(file);
  }
}

function open(file: string): Db {
  const db = new Database(file);
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('foreign_keys = ON');
    if (db.pragma('user_version', { simple: true }) !== VERSION) db.exec(FORMER_PLANS);
    db.exec(TABLES);
    db.pragma(`user_version = ${VERSION}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Raised when a table changes; what held the former form is made anew. */
const VERSION = 1;
const FORMER_PLANS = 'DROP TABLE IF EXISTS plan_files';

const TABLES = `
CREATE TABLE IF NOT EXISTS consumer_marks (consumer TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
  token_hash TEXT PRIMARY KEY, person_id TEXT NOT NULL, touched_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS opened_units (
  token_hash TEXT NOT NULL REFERENCES sessions (token_hash) ON DELETE CASCADE, unit_id TEXT NOT NULL,
  PRIMARY KEY (token_hash, unit_id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wrong_pins (
  person_id TEXT PRIMARY KEY, count INTEGER NOT NULL, locked_until_ms INTEGER, tried_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS destination_rests (
  destination_id TEXT PRIMARY KEY, failures INTEGER NOT NULL, rest_until_ms INTEGER, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS catalogue_marks (destination_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS catalogue_files (
  destination_id TEXT NOT NULL, key TEXT NOT NULL, rows INTEGER NOT NULL, size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY (destination_id, key)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS archive_rereads (destination_id TEXT PRIMARY KEY, next_part INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS space_samples (at_ms INTEGER PRIMARY KEY, free_bytes INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS uploads (
  destination_id TEXT NOT NULL, file TEXT NOT NULL, upload_id TEXT NOT NULL, PRIMARY KEY (destination_id, file)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS upload_parts (
  destination_id TEXT NOT NULL, file TEXT NOT NULL, part INTEGER NOT NULL, sha256 TEXT NOT NULL, etag TEXT NOT NULL,
  PRIMARY KEY (destination_id, file, part),
  FOREIGN KEY (destination_id, file) REFERENCES uploads (destination_id, file) ON DELETE CASCADE) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS plan_files (
  docking_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  path BLOB NOT NULL,
  size_bytes INTEGER NOT NULL,
  mtime_ns TEXT NOT NULL,
  decision TEXT NOT NULL,
  rank INTEGER NOT NULL,
  joins_from TEXT NOT NULL,
  partial_item TEXT,
  state TEXT NOT NULL,
  item_id TEXT,
  PRIMARY KEY (docking_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS plan_files_by_state ON plan_files (docking_id, state, rank, joins_from, n);
`;
