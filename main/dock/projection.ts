import type { Projection } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { markOf, marksOf } from './known-devices.ts';

/** Cameras and dockings as screens and plans read them. */
export const DOCK_PROJECTION: Projection = {
  name: 'dock',
  version: 5,
  tables: [
    {
      name: 'cameras',
      orderBy: 'camera_id',
      ddl: `CREATE TABLE cameras (
        camera_id TEXT PRIMARY KEY, serial TEXT NOT NULL, identity_source TEXT NOT NULL, profile TEXT NOT NULL,
        registered_at TEXT NOT NULL, same_as TEXT NOT NULL) STRICT;
        CREATE INDEX cameras_by_identity ON cameras (same_as)`,
    },
    {
      name: 'dockings',
      orderBy: 'docking_id',
      ddl: `CREATE TABLE dockings (
        docking_id TEXT PRIMARY KEY, camera_id TEXT NOT NULL, port INTEGER NOT NULL, started_at TEXT NOT NULL,
        started_seq INTEGER NOT NULL, state TEXT NOT NULL, files INTEGER, bytes INTEGER, stored INTEGER,
        stored_bytes INTEGER, seen_again INTEGER, refused INTEGER, failed INTEGER, safe INTEGER, removed INTEGER,
        ended_at TEXT, clean INTEGER, total_bytes INTEGER, free_bytes INTEGER) STRICT;
        CREATE INDEX dockings_by_camera ON dockings (camera_id, started_seq)`,
    },
    {
      name: 'ports',
      orderBy: 'place',
      ddl: 'CREATE TABLE ports (place TEXT PRIMARY KEY, port INTEGER NOT NULL, learned INTEGER NOT NULL) STRICT',
    },
    {
      name: 'camera_devices',
      orderBy: 'mark, camera_id',
      ddl: 'CREATE TABLE camera_devices (mark TEXT NOT NULL, camera_id TEXT NOT NULL, PRIMARY KEY (mark, camera_id)) STRICT',
    },
    {
      name: 'camera_clocks',
      orderBy: 'camera_id',
      ddl: `CREATE TABLE camera_clocks (
        camera_id TEXT PRIMARY KEY, read_at TEXT NOT NULL, offset_ms INTEGER NOT NULL, uncertainty_ms INTEGER NOT NULL,
        station_clock TEXT NOT NULL, set_at TEXT) STRICT`,
    },
    {
      name: 'camera_batteries',
      orderBy: 'camera_id',
      ddl: 'CREATE TABLE camera_batteries (camera_id TEXT PRIMARY KEY, percent INTEGER NOT NULL, read_at TEXT NOT NULL) STRICT',
    },
    {
      name: 'wrong_passwords',
      orderBy: 'port',
      ddl: 'CREATE TABLE wrong_passwords (port INTEGER PRIMARY KEY, mark TEXT NOT NULL, refused_at TEXT NOT NULL) STRICT',
    },
  ],
  reducers: {
    'port.numbered': (db, { body }) => {
      sql(db, 'INSERT OR REPLACE INTO ports VALUES (?, ?, 0)').run(body.place, body.port);
    },
    'port.learned': (db, { body }) => {
      sql(db, 'DELETE FROM ports WHERE port = ?').run(body.port);
      sql(db, 'INSERT OR REPLACE INTO ports VALUES (?, ?, 1)').run(body.place, body.port);
    },
    'port.forgotten': (db, { body }) => {
      sql(db, 'DELETE FROM ports WHERE port = ?').run(body.port);
    },
    'camera.registered': (db, { subject, body, at }) => {
      sql(db, 'INSERT INTO cameras VALUES (?, ?, ?, ?, ?, ?)').run(subject.id, body.serial, body.identitySource, body.profile, at, subject.id);
    },
    'camera.merged': (db, { subject, refs }) => {
      const into = refs.find((ref) => ref.role === 'into');
      sql(db, 'UPDATE cameras SET same_as = ? WHERE same_as = ?').run(into?.id, subject.id);
    },
    'camera.separated': (db, { subject }) => {
      sql(db, 'UPDATE cameras SET same_as = camera_id WHERE camera_id = ?').run(subject.id);
    },
    'camera.password-set': (db) => {
      // Whatever was wrong may be right now.
      sql(db, 'DELETE FROM wrong_passwords').run();
    },
    'camera.unlocked': (db, { subject, body, at }) => {
      if (body.batteryPercent !== null) sql(db, 'INSERT OR REPLACE INTO camera_batteries VALUES (?, ?, ?)').run(subject.id, body.batteryPercent, at);
      for (const mark of marksOf(body.device)) sql(db, 'INSERT OR IGNORE INTO camera_devices VALUES (?, ?)').run(mark, subject.id);
    },
    'camera.clock-read': (db, { subject, body }) => {
      sql(db, 'INSERT OR REPLACE INTO camera_clocks VALUES (?, ?, ?, ?, ?, NULL)').run(
        subject.id,
        body.stationTime,
        body.offsetMs,
        body.uncertaintyMs,
        body.stationClock,
      );
    },
    'camera.clock-set': (db, { subject, at }) => {
      sql(db, 'UPDATE camera_clocks SET set_at = ? WHERE camera_id = ?').run(at, subject.id);
    },
    'docking.refused': (db, { body, at }) => {
      if (body.reason !== 'camera.password-wrong' || !body.device) return;
      sql(db, 'INSERT OR REPLACE INTO wrong_passwords VALUES (?, ?, ?)').run(body.port, markOf(body.device), at);
    },
    'docking.started': (db, { subject, body, at, seq, refs }) => {
      const camera = refs.find((ref) => ref.kind === 'camera');
      sql(db, "INSERT INTO dockings (docking_id, camera_id, port, started_at, started_seq, state) VALUES (?, ?, ?, ?, ?, 'open')").run(
        subject.id,
        camera?.id,
        body.port,
        at,
        seq,
      );
      for (const mark of body.device ? marksOf(body.device) : []) {
        sql(db, 'INSERT OR IGNORE INTO camera_devices VALUES (?, ?)').run(mark, camera?.id);
      }
    },
    'docking.measured': (db, { subject, body }) => {
      sql(db, 'UPDATE dockings SET total_bytes = ?, free_bytes = ? WHERE docking_id = ?').run(body.totalBytes, body.freeBytes, subject.id);
    },
    'docking.planned': (db, { subject, body }) => {
      sql(db, 'UPDATE dockings SET files = ?, bytes = ? WHERE docking_id = ?').run(body.files, body.bytes, subject.id);
    },
    'docking.interrupted': (db, { subject }) => setState(db, subject.id, 'interrupted'),
    'docking.resumed': (db, { subject, body }) => {
      sql(db, "UPDATE dockings SET state = 'open', port = ? WHERE docking_id = ?").run(body.port, subject.id);
    },
    'docking.proven': (db, { subject, body }) => {
      sql(
        db,
        `UPDATE dockings SET state = 'proven', stored = ?, stored_bytes = ?, seen_again = ?, refused = ?, failed = ?, safe = ?
         WHERE docking_id = ?`,
      ).run(body.stored, body.storedBytes, body.seenAgain, body.refused, body.failed, body.safe ? 1 : 0, subject.id);
    },
    'docking.cleared': (db, { subject, body }) => {
      sql(db, 'UPDATE dockings SET removed = coalesce(removed, 0) + ? WHERE docking_id = ?').run(body.removed, subject.id);
    },
    'docking.ended': (db, { subject, body, at }) => {
      sql(db, "UPDATE dockings SET state = 'ended', ended_at = ?, clean = ? WHERE docking_id = ?").run(at, body.clean ? 1 : 0, subject.id);
    },
  },
};

function setState(db: Parameters<typeof sql>[0], dockingId: string, state: string): void {
  sql(db, 'UPDATE dockings SET state = ? WHERE docking_id = ?').run(state, dockingId);
}
