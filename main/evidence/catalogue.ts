import type { Projection } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';

/**
 * One row per unit with everything that lists of recordings filter and sort by, so that a page of a million needs one
 * index and no join but for names. `sort_at` is the camera's start, or when the unit was closed where nothing tells it.
 */
export const CATALOGUE_PROJECTION: Projection = {
  name: 'catalogue',
  version: 3,
  tables: [
    {
      name: 'catalogue_items',
      orderBy: 'item_id',
      ddl: 'CREATE TABLE catalogue_items (item_id TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL, important INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    },
    {
      name: 'catalogue_cameras',
      orderBy: 'camera_id',
      ddl: `CREATE TABLE catalogue_cameras (
        camera_id TEXT PRIMARY KEY, items INTEGER NOT NULL, bytes INTEGER NOT NULL, damaged INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
    },
    {
      name: 'catalogue',
      orderBy: 'unit_id',
      ddl: `CREATE TABLE catalogue (
        unit_id TEXT PRIMARY KEY, kind TEXT NOT NULL, camera_id TEXT NOT NULL, officer_id TEXT, docking_id TEXT NOT NULL, sort_at TEXT NOT NULL,
        start_local TEXT, duration_ms INTEGER, size_bytes INTEGER NOT NULL, items INTEGER NOT NULL, clips INTEGER NOT NULL, damaged INTEGER NOT NULL,
        important INTEGER NOT NULL, case_id TEXT, stage TEXT, suggested_case_id TEXT, deadline TEXT, receipts INTEGER NOT NULL,
        poster_item TEXT, closed_at TEXT NOT NULL, closed_seq INTEGER NOT NULL) STRICT;
        CREATE INDEX catalogue_by_start ON catalogue (sort_at, unit_id);
        CREATE INDEX catalogue_by_kind ON catalogue (kind, sort_at, unit_id);
        CREATE INDEX catalogue_by_stage ON catalogue (stage, sort_at, unit_id) WHERE stage IS NOT NULL;
        CREATE INDEX catalogue_by_length ON catalogue (duration_ms, unit_id);
        CREATE INDEX catalogue_by_size ON catalogue (size_bytes, unit_id);
        CREATE INDEX catalogue_by_officer ON catalogue (officer_id, sort_at, unit_id, duration_ms);
        CREATE INDEX catalogue_unlinked ON catalogue (officer_id, sort_at, unit_id, duration_ms) WHERE case_id IS NULL;
        CREATE INDEX catalogue_by_camera ON catalogue (camera_id, sort_at, unit_id);
        CREATE INDEX catalogue_by_case ON catalogue (case_id, sort_at, unit_id, duration_ms);
        CREATE INDEX catalogue_by_suggestion ON catalogue (suggested_case_id, sort_at, unit_id) WHERE suggested_case_id IS NOT NULL;
        CREATE INDEX catalogue_by_docking ON catalogue (docking_id, sort_at, unit_id);
        CREATE INDEX catalogue_damaged ON catalogue (sort_at, unit_id) WHERE damaged > 0;
        CREATE INDEX catalogue_by_deadline ON catalogue (deadline, sort_at, unit_id) WHERE deadline <> 'on-time';
        CREATE INDEX catalogue_waiting ON catalogue (sort_at, unit_id) WHERE receipts = 0`,
    },
  ],
  reducers: {
    'item.stored': (db, { subject, body }) => {
      sql(db, 'INSERT INTO catalogue_items VALUES (?, ?, ?)').run(subject.id, body.sizeBytes, body.important ? 1 : 0);
    },
    'unit.closed': (db, { subject, body, refs, at, seq }) => {
      const ref = (kind: string) => refs.find((one) => one.kind === kind)?.id ?? null;
      const { sizeBytes, important } = totals(
        db,
        body.items.map((item) => item.itemId),
      );
      sql(db, `INSERT INTO catalogue VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, 0, NULL, ?, ?)`).run(
        subject.id,
        body.kind,
        ref('camera'),
        ref('person'),
        ref('docking'),
        body.start?.local ?? at.slice(0, 23),
        body.start?.local ?? null,
        body.durationMs,
        sizeBytes,
        body.items.length,
        body.items.filter((item) => item.role === 'clip').length,
        body.items.filter((item) => item.damaged).length,
        important ? 1 : 0,
        at,
        seq,
      );
      sql(
        db,
        `INSERT INTO catalogue_cameras VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
         SET items = items + excluded.items, bytes = bytes + excluded.bytes, damaged = damaged + excluded.damaged`,
      ).run(ref('camera'), body.items.length, sizeBytes, body.items.filter((item) => item.damaged).length);
    },
    'unit.linked': (db, { subject, body }) => {
      sql(db, 'UPDATE catalogue SET case_id = ?, stage = ? WHERE unit_id = ?').run(body.caseId, body.stage, subject.id);
    },
    'unit.unlinked': (db, { subject }) => {
      sql(db, 'UPDATE catalogue SET case_id = NULL, stage = NULL WHERE unit_id = ?').run(subject.id);
    },
    'link.suggested': (db, { subject, body }) => {
      sql(db, 'UPDATE catalogue SET suggested_case_id = ? WHERE unit_id = ?').run(body.caseId, subject.id);
    },
    'deadline.settled': (db, { subject, body }) => {
      sql(db, 'UPDATE catalogue SET deadline = ? WHERE unit_id = ?').run(body.outcome, subject.id);
    },
    'forward.done': (db, { subject, body }) => {
      // Archived is what has been read back there.
      if (body.proof !== 'read-back') return;
      sql(db, 'UPDATE catalogue SET receipts = receipts + 1 WHERE unit_id = ?').run(subject.id);
    },
    'derivative.made': (db, { subject, body }) => {
      if (body.kind !== 'poster') return;
      sql(db, 'UPDATE catalogue SET poster_item = ? WHERE unit_id = ? AND poster_item IS NULL').run(subject.id, body.unitId);
    },
  },
};

function totals(db: Db, itemIds: readonly string[]): { sizeBytes: number; important: boolean } {
  const facts = sql<{ size_bytes: number; important: number }>(db, 'SELECT size_bytes, important FROM catalogue_items WHERE item_id = ?');
  let sizeBytes = 0;
  let important = false;
  for (const id of itemIds) {
    const row = facts.get(id);
    // A unit may name an item this ledger does not have only in a made-up history; its size is then not known to be anything.
    if (!row) continue;
    sizeBytes += row.size_bytes;
    important ||= row.important === 1;
    sql(db, 'DELETE FROM catalogue_items WHERE item_id = ?').run(id);
  }
  return { sizeBytes, important };
}
