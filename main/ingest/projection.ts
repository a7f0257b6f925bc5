import { addTotal, type Projection, totalsTable } from '../ledger/index.ts';
import { sql } from '../store/index.ts';

/** Items, where they were seen, what was refused, and what was cleared. */
export const INGEST_PROJECTION: Projection = {
  name: 'ingest',
  version: 5,
  tables: [
    {
      name: 'items',
      orderBy: 'item_id',
      ddl: `CREATE TABLE items (
        item_id TEXT PRIMARY KEY, camera_id TEXT NOT NULL, docking_id TEXT NOT NULL, officer_id TEXT, size_bytes INTEGER NOT NULL,
        sha256 TEXT NOT NULL, sm3 TEXT NOT NULL, read_back TEXT NOT NULL, media_kind TEXT NOT NULL, important INTEGER NOT NULL,
        stored_at TEXT NOT NULL, stored_seq INTEGER NOT NULL, sidecar_sha256 TEXT NOT NULL, missing_bytes INTEGER NOT NULL,
        replaced_by TEXT) STRICT;
        CREATE INDEX items_incomplete ON items (camera_id) WHERE missing_bytes > 0;
        CREATE INDEX items_by_bytes ON items (sha256, camera_id);
        CREATE INDEX items_by_docking ON items (docking_id, officer_id)`,
    },
    {
      name: 'sightings',
      orderBy: 'seq',
      ddl: `CREATE TABLE sightings (
        seq INTEGER PRIMARY KEY, item_id TEXT NOT NULL, docking_id TEXT NOT NULL, camera_id TEXT NOT NULL, size_bytes INTEGER NOT NULL,
        mtime_ns TEXT NOT NULL, fingerprint TEXT NOT NULL, sighting_id TEXT) STRICT;
        CREATE INDEX sightings_by_facts ON sightings (camera_id, size_bytes, mtime_ns);
        CREATE INDEX sightings_by_item ON sightings (item_id);
        CREATE INDEX sightings_by_docking ON sightings (docking_id)`,
    },
    {
      name: 'refusals',
      orderBy: 'refusal_id',
      ddl: `CREATE TABLE refusals (
        refusal_id TEXT PRIMARY KEY, docking_id TEXT NOT NULL, reason TEXT NOT NULL, file_type TEXT NOT NULL, at TEXT NOT NULL) STRICT;
        CREATE INDEX refusals_by_docking ON refusals (docking_id)`,
    },
    {
      name: 'clears',
      orderBy: 'item_id, path_digest',
      ddl: `CREATE TABLE clears (
        item_id TEXT NOT NULL, path_digest TEXT NOT NULL, docking_id TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, seq INTEGER NOT NULL,
        PRIMARY KEY (item_id, path_digest)) STRICT, WITHOUT ROWID;
        CREATE INDEX clears_intended ON clears (state) WHERE state = 'intended'`,
    },
    totalsTable('ingest_totals'),
  ],
  reducers: {
    'item.stored': (db, { subject, body, refs, at, seq }) => {
      const ref = (kind: string) => refs.find((one) => one.kind === kind)?.id ?? null;
      sql(db, 'INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)').run(
        subject.id,
        ref('camera'),
        ref('docking'),
        ref('person'),
        body.sizeBytes,
        body.sha256,
        body.sm3,
        body.readBack,
        body.mediaKind,
        body.important ? 1 : 0,
        at,
        seq,
        body.sidecarSha256,
        (body.holes ?? []).reduce((sum, hole) => sum + hole.lengthBytes, 0),
      );
      for (const replaced of body.replaces ?? []) sql(db, 'UPDATE items SET replaced_by = ? WHERE item_id = ?').run(subject.id, replaced);
      addTotal(db, 'ingest_totals', 'items');
      addTotal(db, 'ingest_totals', `items of ${ref('camera')}`);
      addTotal(db, 'ingest_totals', 'bytes', body.sizeBytes);
      // The camera's file was not seen whole: it is met as a new one until it is.
      if (body.holes) return;
      sql(db, 'INSERT INTO sightings VALUES (?, ?, ?, ?, ?, ?, ?, NULL)').run(
        seq,
        subject.id,
        ref('docking'),
        ref('camera'),
        body.sizeBytes,
        body.mtimeNs,
        body.fingerprint,
      );
    },
    'item.seen-again': (db, { subject, body, refs, seq }) => {
      sql(db, `INSERT INTO sightings SELECT ?, item_id, ?, camera_id, size_bytes, ?, ?, ? FROM items WHERE item_id = ?`).run(
        seq,
        refs.find((one) => one.kind === 'docking')?.id,
        body.mtimeNs,
        body.fingerprint,
        body.sightingId,
        subject.id,
      );
    },
    'file.refused': (db, { subject, body, refs, at }) => {
      sql(db, 'INSERT INTO refusals VALUES (?, ?, ?, ?, ?)').run(
        subject.id,
        refs.find((one) => one.kind === 'docking')?.id,
        body.reason,
        body.fileType,
        at,
      );
      addTotal(db, 'ingest_totals', 'refused');
    },
    'clear.intended': (db, entry) => setClear(db, entry, entry.body.pathDigest, 'intended', null),
    'clear.done': (db, entry) => setClear(db, entry, entry.body.pathDigest, 'done', null),
    'clear.refused': (db, entry) => setClear(db, entry, entry.body.pathDigest, 'refused', entry.body.reason),
  },
};

type ClearEntry = { subject: { id: string }; refs: { kind: string; id: string }[]; seq: number };

function setClear(db: Parameters<typeof sql>[0], entry: ClearEntry, digest: string, state: string, reason: string | null): void {
  const docking = entry.refs.find((ref) => ref.kind === 'docking')?.id;
  const former = sql<{ state: string }>(db, 'SELECT state FROM clears WHERE item_id = ? AND path_digest = ?').get(entry.subject.id, digest);
  addTotal(db, 'ingest_totals', 'cleared', Number(state === 'done') - Number(former?.state === 'done'));
  sql(
    db,
    `INSERT INTO clears VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
     docking_id = excluded.docking_id, state = excluded.state, reason = excluded.reason, seq = excluded.seq`,
  ).run(entry.subject.id, digest, docking, state, reason, entry.seq);
}
