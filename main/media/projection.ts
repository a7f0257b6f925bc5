import { addTotal, type Projection, totalsTable } from '../ledger/index.ts';
import { sql } from '../store/index.ts';

/** What is known of items as media, which unit each is in, and which derivatives exist. */
export const MEDIA_PROJECTION: Projection = {
  name: 'media',
  version: 4,
  tables: [
    {
      name: 'probes',
      orderBy: 'item_id',
      ddl: `CREATE TABLE probes (
        item_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, damage TEXT, container TEXT, duration_ms INTEGER,
        browser_playable INTEGER NOT NULL) STRICT`,
    },
    {
      name: 'ungrouped_items',
      orderBy: 'item_id',
      ddl: `CREATE TABLE ungrouped_items (
        item_id TEXT PRIMARY KEY, camera_id TEXT NOT NULL, stored_seq INTEGER NOT NULL) STRICT;
        CREATE INDEX ungrouped_items_by_camera ON ungrouped_items (camera_id, stored_seq)`,
    },
    {
      name: 'units',
      orderBy: 'unit_id',
      ddl: `CREATE TABLE units (
        unit_id TEXT PRIMARY KEY, kind TEXT NOT NULL, camera_id TEXT NOT NULL, docking_id TEXT NOT NULL, officer_id TEXT,
        start_local TEXT, start_zone TEXT, start_source TEXT, duration_ms INTEGER, clips INTEGER NOT NULL, damaged INTEGER NOT NULL,
        continues TEXT, closed_at TEXT NOT NULL, closed_seq INTEGER NOT NULL) STRICT;
        CREATE INDEX units_by_camera ON units (camera_id, closed_seq);
        CREATE INDEX units_by_kind ON units (kind, closed_seq)`,
    },
    {
      name: 'unit_items',
      orderBy: 'unit_id, n',
      ddl: `CREATE TABLE unit_items (
        unit_id TEXT NOT NULL, n INTEGER NOT NULL, item_id TEXT NOT NULL UNIQUE, role TEXT NOT NULL, damaged INTEGER NOT NULL,
        duration_ms INTEGER, PRIMARY KEY (unit_id, n)) STRICT, WITHOUT ROWID`,
    },
    {
      name: 'derivatives',
      orderBy: 'item_id, kind',
      ddl: `CREATE TABLE derivatives (
        item_id TEXT NOT NULL, kind TEXT NOT NULL, unit_id TEXT NOT NULL, file TEXT NOT NULL, size_bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL, PRIMARY KEY (item_id, kind)) STRICT, WITHOUT ROWID`,
    },
    totalsTable('media_totals'),
  ],
  reducers: {
    'item.stored': (db, { subject, refs, seq }) => {
      const camera = refs.find((one) => one.kind === 'camera')?.id;
      sql(db, 'INSERT INTO ungrouped_items VALUES (?, ?, ?)').run(subject.id, camera, seq);
    },
    'item.probed': (db, { subject, body }) => {
      const former = sql<{ outcome: string }>(db, 'SELECT outcome FROM probes WHERE item_id = ?').get(subject.id);
      addTotal(db, 'media_totals', 'damaged', Number(body.outcome === 'damaged') - Number(former?.outcome === 'damaged'));
      sql(db, 'INSERT OR REPLACE INTO probes VALUES (?, ?, ?, ?, ?, ?)').run(
        subject.id,
        body.outcome,
        body.damage,
        body.container,
        body.durationMs,
        body.browserPlayable ? 1 : 0,
      );
    },
    'unit.closed': (db, { subject, body, refs, at, seq }) => {
      const ref = (kind: string) => refs.find((one) => one.kind === kind)?.id ?? null;
      sql(db, 'INSERT INTO units VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        subject.id,
        body.kind,
        ref('camera'),
        ref('docking'),
        ref('person'),
        body.start?.local ?? null,
        body.start?.zone ?? null,
        body.start?.source ?? null,
        body.durationMs,
        body.items.filter((item) => item.role === 'clip').length,
        body.items.filter((item) => item.damaged).length,
        body.continues,
        at,
        seq,
      );
      addTotal(db, 'media_totals', body.kind);
      for (const [n, item] of body.items.entries()) {
        sql(db, 'INSERT INTO unit_items VALUES (?, ?, ?, ?, ?, ?)').run(subject.id, n, item.itemId, item.role, item.damaged ? 1 : 0, item.durationMs);
        sql(db, 'DELETE FROM ungrouped_items WHERE item_id = ?').run(item.itemId);
      }
    },
    'derivative.made': (db, { subject, body }) => {
      const former = sql(db, 'SELECT 1 FROM derivatives WHERE item_id = ? AND kind = ?').get(subject.id, body.kind);
      if (!former) addTotal(db, 'media_totals', body.kind);
      sql(db, 'INSERT OR REPLACE INTO derivatives VALUES (?, ?, ?, ?, ?, ?)').run(
        subject.id,
        body.kind,
        body.unitId,
        body.file,
        body.sizeBytes,
        body.sha256,
      );
    },
  },
};
