import { addTotal, type Projection, totalsTable } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';

/** Destinations, what each has proven to hold, and what each still lacks. */
export const ARCHIVE_PROJECTION: Projection = {
  name: 'archive',
  version: 3,
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
    totalsTable('archive_totals'),
    {
      name: 'destination_totals',
      orderBy: 'destination_id',
      ddl: `CREATE TABLE destination_totals (
        destination_id TEXT PRIMARY KEY, waiting INTEGER NOT NULL, receipts INTEGER NOT NULL, items INTEGER NOT NULL, bytes INTEGER NOT NULL)
        STRICT, WITHOUT ROWID`,
    },
  ],
  reducers: {
    'destination.added': (db, { subject, body, seq }) => {
      sql(db, 'INSERT INTO destinations VALUES (?, ?, ?, ?, ?)').run(subject.id, body.name, body.kind, body.sameDisk ? 1 : 0, seq);
      const { changes } = sql(db, 'INSERT INTO forward_queue SELECT ?, unit_id, closed_seq, 0, NULL FROM closed_units').run(subject.id);
      addForDestination(db, subject.id, { waiting: changes });
    },
    'unit.closed': (db, { subject, seq }) => {
      sql(db, 'INSERT INTO closed_units VALUES (?, ?)').run(subject.id, seq);
      for (const { id } of sql<{ id: string }>(db, 'SELECT id FROM destinations').all()) {
        sql(db, 'INSERT INTO forward_queue VALUES (?, ?, ?, 0, NULL)').run(id, subject.id, seq);
        addForDestination(db, id, { waiting: 1 });
      }
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
      const { changes } = sql(db, 'DELETE FROM forward_queue WHERE destination_id = ? AND unit_id = ?').run(body.destinationId, subject.id);
      const bytes = body.items.reduce((sum, item) => sum + item.sizeBytes, 0);
      addForDestination(db, body.destinationId, { waiting: -changes, receipts: 1, items: body.items.length, bytes });
      for (const item of body.items) {
        const held = sql(db, 'SELECT 1 FROM receipt_items WHERE item_id = ? LIMIT 1').get(item.itemId);
        if (!held) addTotal(db, 'archive_totals', 'confirmed');
        sql(db, 'INSERT INTO receipt_items VALUES (?, ?, ?, ?)').run(item.itemId, body.destinationId, subject.id, item.sha256);
      }
    },
  },
};

type Sums = { waiting?: number; receipts?: number; items?: number; bytes?: number };

function addForDestination(db: Db, id: string, { waiting = 0, receipts = 0, items = 0, bytes = 0 }: Sums): void {
  sql(
    db,
    `INSERT INTO destination_totals VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET waiting = waiting + excluded.waiting,
     receipts = receipts + excluded.receipts, items = items + excluded.items, bytes = bytes + excluded.bytes`,
  ).run(id, waiting, receipts, items, bytes);
}
