import type { Projection } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';

/** Destinations, what each has proven to hold, what did not get through, and what there is to forward. */
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
        tag_manifest_sha256 TEXT NOT NULL, forwarded_seq INTEGER NOT NULL, at TEXT NOT NULL,
        PRIMARY KEY (unit_id, destination_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX receipts_by_destination ON receipts (destination_id, unit_id)`,
    },
    {
      name: 'receipt_items',
      orderBy: 'item_id, destination_id',
      ddl: `CREATE TABLE receipt_items (
        item_id TEXT NOT NULL, destination_id TEXT NOT NULL, unit_id TEXT NOT NULL, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL,
        PRIMARY KEY (item_id, destination_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX receipt_items_by_unit ON receipt_items (unit_id, destination_id)`,
    },
    {
      name: 'forward_failures',
      orderBy: 'destination_id, unit_id',
      ddl: `CREATE TABLE forward_failures (
        unit_id TEXT, destination_id TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL, at TEXT NOT NULL,
        attempt INTEGER NOT NULL) STRICT;
        CREATE UNIQUE INDEX forward_failures_once ON forward_failures (destination_id, ifnull(unit_id, ''))`,
    },
    {
      name: 'archive_units',
      orderBy: 'unit_id',
      ddl: `CREATE TABLE archive_units (unit_id TEXT PRIMARY KEY, closed_seq INTEGER NOT NULL) STRICT;
        CREATE INDEX archive_units_by_seq ON archive_units (closed_seq)`,
    },
    {
      name: 'archive_items',
      orderBy: 'item_id',
      ddl: `CREATE TABLE archive_items (
        item_id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL) STRICT;
        CREATE INDEX archive_items_by_bytes ON archive_items (sha256)`,
    },
  ],
  reducers: {
    'item.stored': (db, { subject, body }) => {
      sql(db, 'INSERT INTO archive_items VALUES (?, ?, ?)').run(subject.id, body.sha256, body.sizeBytes);
    },
    'unit.closed': (db, { subject, seq }) => {
      sql(db, 'INSERT INTO archive_units VALUES (?, ?)').run(subject.id, seq);
    },
    'destination.added': (db, { subject, body, seq }) => {
      sql(db, 'INSERT INTO destinations VALUES (?, ?, ?, ?, ?)').run(subject.id, body.name, body.kind, body.sameDisk ? 1 : 0, seq);
    },
    'forward.done': (db, { subject, body, at, seq }) => {
      const { destinationId } = body;
      // A second receipt for the same unit changes nothing: what was forwarded stays as it is.
      sql(db, 'INSERT INTO receipts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING').run(
        subject.id,
        destinationId,
        body.bag,
        body.manifestSha256,
        body.tagManifestSha256,
        seq,
        at,
      );
      for (const item of body.items) {
        sql(db, 'INSERT INTO receipt_items VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING').run(
          item.itemId,
          destinationId,
          subject.id,
          item.sha256,
          item.sizeBytes,
        );
      }
      removeFailure(db, destinationId, subject.id);
      // It took a unit, so whatever kept it from taking anything is over.
      removeFailure(db, destinationId, null);
    },
    'forward.failed': (db, { subject, body, at }) => {
      const unitId = subject.kind === 'unit' ? subject.id : null;
      removeFailure(db, body.destinationId, unitId);
      sql(db, 'INSERT INTO forward_failures VALUES (?, ?, ?, ?, ?, ?)').run(
        unitId,
        body.destinationId,
        body.reason,
        body.detail,
        at,
        body.attempt,
      );
    },
  },
};

function removeFailure(db: Db, destinationId: string, unitId: string | null): void {
  sql(db, "DELETE FROM forward_failures WHERE destination_id = ? AND ifnull(unit_id, '') = ifnull(?, '')").run(destinationId, unitId);
}
