import type { Projection } from '../ledger/index.ts';
import { sql } from '../store/index.ts';

/** Destinations, what each has proven to hold, and what each still lacks. */
export const ARCHIVE_PROJECTION: Projection = {
  name: 'archive',
  version: 2,
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
        tag_manifest_sha256 TEXT NOT NULL, at TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (unit_id, destination_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX receipts_by_destination ON receipts (destination_id, seq)`,
    },
    {
      name: 'receipt_items',
      orderBy: 'item_id, destination_id',
      ddl: `CREATE TABLE receipt_items (
        item_id TEXT NOT NULL, destination_id TEXT NOT NULL, unit_id TEXT NOT NULL, sha256 TEXT NOT NULL,
        PRIMARY KEY (item_id, destination_id)) STRICT, WITHOUT ROWID`,
    },
    {
      name: 'closed_units',
      orderBy: 'unit_id',
      ddl: 'CREATE TABLE closed_units (unit_id TEXT PRIMARY KEY, closed_seq INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    },
    {
      name: 'forward_queue',
      orderBy: 'destination_id, unit_id',
      ddl: `CREATE TABLE forward_queue (
        destination_id TEXT NOT NULL, unit_id TEXT NOT NULL, closed_seq INTEGER NOT NULL, attempts INTEGER NOT NULL, reason TEXT,
        PRIMARY KEY (destination_id, unit_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX forward_queue_in_order ON forward_queue (destination_id, closed_seq);
        CREATE INDEX forward_queue_failed ON forward_queue (destination_id, closed_seq) WHERE attempts > 0`,
    },
  ],
  reducers: {
    'destination.added': (db, { subject, body, seq }) => {
      sql(db, 'INSERT INTO destinations VALUES (?, ?, ?, ?, ?)').run(subject.id, body.name, body.kind, body.sameDisk ? 1 : 0, seq);
      sql(db, 'INSERT INTO forward_queue SELECT ?, unit_id, closed_seq, 0, NULL FROM closed_units').run(subject.id);
    },
    'unit.closed': (db, { subject, seq }) => {
      sql(db, 'INSERT INTO closed_units VALUES (?, ?)').run(subject.id, seq);
      sql(db, 'INSERT INTO forward_queue SELECT id, ?, ?, 0, NULL FROM destinations').run(subject.id, seq);
    },
    'forward.failed': (db, { subject, body }) => {
      const again = 'UPDATE forward_queue SET attempts = attempts + 1, reason = ? WHERE destination_id = ? AND unit_id = ?';
      sql(db, again).run(body.reason, body.destinationId, subject.id);
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
      sql(db, 'DELETE FROM forward_queue WHERE destination_id = ? AND unit_id = ?').run(body.destinationId, subject.id);
      for (const item of body.items) {
        sql(db, 'INSERT INTO receipt_items VALUES (?, ?, ?, ?)').run(item.itemId, body.destinationId, subject.id, item.sha256);
      }
    },
  },
};
