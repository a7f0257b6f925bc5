import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import Database from 'better-sqlite3';
import { done, type Result } from '../contract/errors.ts';
import type { DataPaths } from './data-folder.ts';
import { type Db, guarded, sql } from './database.ts';

/** A private record: what the ledger must not hold (names, numbers, original paths), one per subject. */
export type PrivateRecord = { kind: string; id: string; data: Record<string, unknown> };

export type PrivateRecords = {
  /** Writes or replaces records; durable when it returns. */
  put(records: readonly PrivateRecord[]): void;
  /** The record, or null when there is none or its key has been destroyed. */
  get(kind: string, id: string): Record<string, unknown> | null;
  /** Destroys the subject's key: the record, and every backup of it, can never be read again. */
  destroy(kind: string, id: string): void;
  close(): void;
};

/**
 * Opens the private records: one AES-256-GCM box per subject in `private.db`, its key in `keys/record-keys.db`. The two
 * lie apart so that a backup of the records without the keys discloses nothing, and destroying a key erases lawfully
 * without breaking the ledger's chain. Fails with `database.damaged` when SQLite cannot read either.
 */
export function openPrivateRecords(paths: DataPaths, options: { readonly: boolean }): Result<PrivateRecords> {
  const records = open(paths.privateRecords, options.readonly, RECORDS_TABLE);
  if (!records.ok) return records;
  const keys = open(paths.recordKeys, options.readonly, KEYS_TABLE);
  if (keys.ok) return done(serve(records.value, keys.value));
  records.value.close();
  return keys;
}

function serve(records: Db, keys: Db): PrivateRecords {
  return {
    put(list) {
      if (list.length === 0) return;
      // Keys first: a record whose key was lost in a crash could never be read.
      const chosen = keys.transaction(() => list.map((record) => keyFor(keys, record)))();
      records.transaction(() => {
        for (const [n, record] of list.entries()) putSealed(records, record, chosen[n] as Buffer);
      })();
    },
    get(kind, id) {
      const box = sql<{ box: Buffer }>(records, 'SELECT box FROM records WHERE kind = ? AND id = ?').get(kind, id);
      const key = sql<{ key: Buffer }>(keys, 'SELECT key FROM keys WHERE kind = ? AND id = ?').get(kind, id);
      return box && key ? unseal(box.box, key.key, `${kind}/${id}`) : null;
    },
    destroy(kind, id) {
      sql(keys, 'DELETE FROM keys WHERE kind = ? AND id = ?').run(kind, id);
    },
    close() {
      records.close();
      keys.close();
    },
  };
}

const RECORDS_TABLE = `CREATE TABLE IF NOT EXISTS records (
  kind TEXT NOT NULL, id TEXT NOT NULL, box BLOB NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID`;
const KEYS_TABLE = `CREATE TABLE IF NOT EXISTS keys (
  kind TEXT NOT NULL, id TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID`;

function open(file: string, readonly: boolean, table: string): Result<Db> {
  return guarded(file, () => {
    const db = new Database(file, { readonly, fileMustExist: readonly });
    if (readonly) return done(db);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
    db.exec(table);
    fs.chmodSync(file, 0o600);
    return done(db);
  });
}

function keyFor(keys: Db, record: PrivateRecord): Buffer {
  const found = sql<{ key: Buffer }>(keys, 'SELECT key FROM keys WHERE kind = ? AND id = ?').get(record.kind, record.id);
  if (found) return found.key;
  const key = randomBytes(32);
  sql(keys, 'INSERT INTO keys (kind, id, key) VALUES (?, ?, ?)').run(record.kind, record.id, key);
  return key;
}

function putSealed(records: Db, record: PrivateRecord, key: Buffer): void {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(`${record.kind}/${record.id}`));
  const text = Buffer.concat([cipher.update(JSON.stringify(record.data), 'utf8'), cipher.final()]);
  const box = Buffer.concat([nonce, cipher.getAuthTag(), text]);
  sql(records, 'INSERT INTO records (kind, id, box) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET box = excluded.box').run(record.kind, record.id, box);
}

function unseal(box: Buffer, key: Buffer, name: string): Record<string, unknown> {
  const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, 12));
  decipher.setAAD(Buffer.from(name));
  decipher.setAuthTag(box.subarray(12, 28));
  const text = Buffer.concat([decipher.update(box.subarray(28)), decipher.final()]);
  return JSON.parse(text.toString('utf8')) as Record<string, unknown>;
}
