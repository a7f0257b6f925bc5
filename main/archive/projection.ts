import type { DestinationScheduled, RetentionDue } from '../contract/entries/archive.ts';
import { addTotal, type Projection, totalsTable } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';
import { enforcedBy } from './retention.pure.ts';

/** Destinations, what each has proven to hold, and what each still lacks. */
export const ARCHIVE_PROJECTION: Projection = {
  name: 'archive',
  version: 6,
  tables: [
    {
      name: 'destinations',
      orderBy: 'id',
      ddl: `CREATE TABLE destinations (
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, same_disk INTEGER NOT NULL, added_seq INTEGER NOT NULL,
        after_id TEXT, schedule TEXT) STRICT`,
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
      ddl: `CREATE TABLE closed_units (
        unit_id TEXT PRIMARY KEY, closed_seq INTEGER NOT NULL, closed_at TEXT NOT NULL, important INTEGER NOT NULL, case_id TEXT, linked_at TEXT,
        items INTEGER NOT NULL, freed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX closed_units_unfreed ON closed_units (closed_seq) WHERE freed = 0;
        CREATE INDEX closed_units_by_case ON closed_units (case_id) WHERE case_id IS NOT NULL`,
    },
    {
      name: 'retentions',
      orderBy: 'unit_id, destination_id',
      ddl: `CREATE TABLE retentions (
        unit_id TEXT NOT NULL, destination_id TEXT NOT NULL, until TEXT NOT NULL, legal_hold INTEGER NOT NULL, enforced_until TEXT,
        PRIMARY KEY (unit_id, destination_id)) STRICT, WITHOUT ROWID`,
    },
    {
      name: 'freed_items',
      orderBy: 'item_id',
      ddl: `CREATE TABLE freed_items (
        item_id TEXT PRIMARY KEY, unit_id TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX freed_items_intended ON freed_items (state) WHERE state = 'intended';
        CREATE INDEX freed_items_by_unit ON freed_items (unit_id)`,
    },
    {
      name: 'free_refusals',
      orderBy: 'unit_id',
      ddl: 'CREATE TABLE free_refusals (unit_id TEXT PRIMARY KEY, reason TEXT NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID',
    },
    {
      name: 'unclosed_items',
      orderBy: 'item_id',
      ddl: 'CREATE TABLE unclosed_items (item_id TEXT PRIMARY KEY, important INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    },
    {
      name: 'forward_queue',
      orderBy: 'destination_id, unit_id',
      ddl: `CREATE TABLE forward_queue (
        destination_id TEXT NOT NULL, unit_id TEXT NOT NULL, closed_seq INTEGER NOT NULL, rank INTEGER NOT NULL, ready INTEGER NOT NULL,
        attempts INTEGER NOT NULL, reason TEXT, PRIMARY KEY (destination_id, unit_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX forward_queue_in_order ON forward_queue (destination_id, rank, closed_seq) WHERE ready = 1;
        CREATE INDEX forward_queue_by_age ON forward_queue (destination_id, closed_seq);
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
      sql(db, 'INSERT INTO destinations VALUES (?, ?, ?, ?, ?, NULL, NULL)').run(subject.id, body.name, body.kind, body.sameDisk ? 1 : 0, seq);
      const { changes } = sql(
        db,
        'INSERT INTO forward_queue SELECT ?, unit_id, closed_seq, NOT (important OR case_id IS NOT NULL), 1, 0, NULL FROM closed_units',
      ).run(subject.id);
      addForDestination(db, subject.id, { waiting: changes });
    },
    'destination.scheduled': (db, { subject, body }) => {
      sql(db, 'UPDATE destinations SET after_id = ?, schedule = ? WHERE id = ?').run(body.after, scheduleText(body), subject.id);
      sql(
        db,
        `UPDATE forward_queue SET ready = (? IS NULL OR EXISTS (
           SELECT 1 FROM receipts r WHERE r.destination_id = ? AND r.unit_id = forward_queue.unit_id)) WHERE destination_id = ?`,
      ).run(body.after, body.after, subject.id);
    },
    'item.stored': (db, { subject, body }) => {
      sql(db, 'INSERT INTO unclosed_items VALUES (?, ?)').run(subject.id, body.important ? 1 : 0);
    },
    'unit.closed': (db, { subject, body, at, seq }) => {
      const open = sql<{ important: number }>(db, 'DELETE FROM unclosed_items WHERE item_id = ? RETURNING important');
      const important = Math.max(...body.items.map(({ itemId }) => open.get(itemId)?.important ?? 0));
      sql(db, 'INSERT INTO closed_units VALUES (?, ?, ?, ?, NULL, NULL, ?, 0)').run(subject.id, seq, at, important, body.items.length);
      for (const { id, ready } of sql<{ id: string; ready: number }>(db, 'SELECT id, after_id IS NULL AS ready FROM destinations').all()) {
        sql(db, 'INSERT INTO forward_queue VALUES (?, ?, ?, ?, ?, 0, NULL)').run(id, subject.id, seq, 1 - important, ready);
        addForDestination(db, id, { waiting: 1 });
      }
    },
    'unit.linked': (db, { subject, body, at }) => {
      const latest = 'UPDATE closed_units SET case_id = ?, linked_at = max(coalesce(linked_at, ?), ?) WHERE unit_id = ? RETURNING important';
      const row = sql<{ important: number }>(db, latest).get(body.caseId, at, at, subject.id);
      if (row) setRank(db, subject.id, 0);
    },
    'unit.unlinked': (db, { subject }) => {
      const row = sql<{ important: number }>(db, 'UPDATE closed_units SET case_id = NULL WHERE unit_id = ? RETURNING important').get(subject.id);
      if (row) setRank(db, subject.id, 1 - row.important);
    },
    'free.intended': (db, { subject, body, at }) => {
      sql(db, "INSERT INTO freed_items VALUES (?, ?, 'intended', ?) ON CONFLICT DO NOTHING").run(subject.id, body.unitId, at);
      sql(db, 'DELETE FROM free_refusals WHERE unit_id = ?').run(body.unitId);
    },
    'free.done': (db, { subject, body, at }) => {
      const former = sql<{ state: string }>(db, 'SELECT state FROM freed_items WHERE item_id = ?').get(subject.id);
      if (former?.state !== 'done') addTotal(db, 'archive_totals', 'freed');
      sql(db, "INSERT OR REPLACE INTO freed_items VALUES (?, ?, 'done', ?)").run(subject.id, body.unitId, at);
      const gone = sql<{ n: number }>(db, "SELECT count(*) AS n FROM freed_items WHERE unit_id = ? AND state = 'done'").get(body.unitId)?.n ?? 0;
      sql(db, 'UPDATE closed_units SET freed = ? >= items WHERE unit_id = ?').run(gone, body.unitId);
    },
    'free.refused': (db, { subject, body, at }) => {
      sql(db, 'INSERT OR REPLACE INTO free_refusals VALUES (?, ?, ?)').run(subject.id, body.reason, at);
    },
    'retention.extended': (db, { subject, body }) => setRetention(db, subject.id, body.destinationId, body, body.enforcedUntil),
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
      if (body.retention) {
        // An object store is told of a legal hold once it has the bag; the others are told nothing but what the ledger says.
        const told = { ...body.retention, legalHold: body.retention.legalHold && body.objects === undefined };
        setRetention(db, subject.id, body.destinationId, told, enforcedBy(body.objects ?? []));
      }
      const { changes } = sql(db, 'DELETE FROM forward_queue WHERE destination_id = ? AND unit_id = ?').run(body.destinationId, subject.id);
      const now = sql(db, 'UPDATE forward_queue SET ready = 1 WHERE destination_id = ? AND unit_id = ?');
      for (const { id } of sql<{ id: string }>(db, 'SELECT id FROM destinations WHERE after_id = ?').all(body.destinationId)) now.run(id, subject.id);
      // What nobody read back is held by nobody's word but the far end's own.
      const held = body.proof === 'read-back' ? body.items : [];
      const bytes = held.reduce((sum, item) => sum + item.sizeBytes, 0);
      addForDestination(db, body.destinationId, { waiting: -changes, receipts: 1, items: held.length, bytes });
      for (const item of held) {
        const before = sql(db, 'SELECT 1 FROM receipt_items WHERE item_id = ? LIMIT 1').get(item.itemId);
        if (!before) addTotal(db, 'archive_totals', 'confirmed');
        sql(db, 'INSERT INTO receipt_items VALUES (?, ?, ?, ?)').run(item.itemId, body.destinationId, subject.id, item.sha256);
      }
    },
  },
};

/** With its parts in one order, whichever the entry has them in. */
function scheduleText({ paused, after, caps }: DestinationScheduled): string {
  return JSON.stringify({ paused, after, caps: caps.map(({ fromHour, toHour, bytesPerSecond }) => ({ fromHour, toHour, bytesPerSecond })) });
}

/** Its place in every queue: what is important or belongs to a case goes first. */
function setRank(db: Db, unitId: string, rank: number): void {
  const set = sql(db, 'UPDATE forward_queue SET rank = ? WHERE destination_id = ? AND unit_id = ?');
  for (const { id } of sql<{ id: string }>(db, 'SELECT id FROM destinations').all()) set.run(rank, id, unitId);
}

function setRetention(db: Db, unitId: string, destinationId: string, { until, legalHold }: RetentionDue, enforcedUntil: string | null): void {
  sql(db, 'INSERT OR REPLACE INTO retentions VALUES (?, ?, ?, ?, ?)').run(unitId, destinationId, until, legalHold ? 1 : 0, enforcedUntil);
}

type Sums = { waiting?: number; receipts?: number; items?: number; bytes?: number };

function addForDestination(db: Db, id: string, { waiting = 0, receipts = 0, items = 0, bytes = 0 }: Sums): void {
  sql(
    db,
    `INSERT INTO destination_totals VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET waiting = waiting + excluded.waiting,
     receipts = receipts + excluded.receipts, items = items + excluded.items, bytes = bytes + excluded.bytes`,
  ).run(id, waiting, receipts, items, bytes);
}
