import type { Projection } from '../ledger/index.ts';
import { sql } from '../store/index.ts';

/** Destinations and what each has proven to hold. */
export const ARCHIVE_PROJECTION: Projection = {
  name: 'archive',
  version: 1,
  tables: [
    {
      name: 'destinations',
      orderBy: 'id',
      ddl: `CREATE TABLE destinations (
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, same_disk INTEGER NOT NULL, added_seq INTEGER NOT NULL) STRICT`,
    },
    {
      name: 'receipts',
      orderBy: 'unit_id, destination_id',
      ddl: `CREATE TABLE receipts (
        unit_id TEXT NOT NULL, destination_id TEXT NOT NULL, bag TEXT NOT NULL, manifest_sha256 TEXT NOT NULL,
        tag_manifest_sha256 TEXT NOT NULL, at TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (unit_id, destination_id)) STRICT, WITHOUT ROWID`,
    },
    {
      name: 'receipt_items',
      orderBy: 'item_id, destination_id',
      ddl: `CREATE TABLE receipt_items (
        item_id TEXT NOT NULL, destination_id TEXT NOT NULL, unit_id TEXT NOT NULL, sha256 TEXT NOT NULL,
        PRIMARY KEY (item_id, destination_id)) STRICT, WITHOUT ROWID`,
    },
  ],
  reducers: {
    'destination.added': (db, { subject, body, seq }) => {
      sql(db, 'INSERT INTO destinations VALUES (?, ?, ?, ?, ?)').run(subject.id, body.name, body.kind, body.sameDisk ? 1 : 0, seq);
    },
    'forward.done': (db, { subject, body, at, seq }) => {
      sql(db, 'INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?)').run(
        subject.id,
        body.destinationId,
        body.bag,
        body.manifestSha256,
        body.tagManifestSha256,
        at,
        seq,
      );
      for (const item of body.items) {
        sql(db, 'INSERT INTO receipt_items VALUES (?, ?, ?, ?)').run(item.itemId, body.destinationId, subject.id, item.sha256);
      }
    },
  },
};
