import { done, failed } from '../../contract/errors.ts';
import type { CameraDocking, MergedCamera } from '../../contract/web/cameras.ts';
import { cameraBattery, cameraClock, idsOfCamera, mergeCameras, registerByHand, separateCamera, setCameraPassword } from '../../dock/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';
import { actorOf, type GuardedContract, type WebContext } from './web-context.ts';

const DAY_MS = 24 * 60 * 60_000;

/** The register of cameras. */
export function cameraHandlers({ cameras: os }: GuardedContract) {
  return {
    list: os.list.handler(({ context }) => camerasOf(context)),
    history: os.history.handler(({ context, input }) => {
      const known = sql(context.station.ledger.reader, 'SELECT 1 FROM cameras WHERE camera_id = ?').get(input.id);
      return known ? done(historyOf(context, input.id)) : failed('camera.not-registered', input.id);
    }),
    profiles: os.profiles.handler(({ context }) =>
      context.station.profiles.map(({ id, label, usb }) => ({ id, ...label, locked: usb !== undefined })),
    ),
    register: os.register.handler(({ context, input }) => registerByHand({ ...acting(context), profiles: context.station.profiles }, input)),
    setPassword: os.setPassword.handler(({ context, input }) => {
      const { profiles, identity } = context.station;
      return setCameraPassword({ ...acting(context), profiles, stationId: identity.stationId }, input);
    }),
    merge: os.merge.handler(({ context, input: { id, ...merge } }) => mergeCameras(acting(context), { camera: id, ...merge })),
    separate: os.separate.handler(({ context, input }) => separateCamera(acting(context), input.id)),
  };
}

function acting(context: WebContext) {
  const { ledger, clock } = context.station;
  return { ledger, now: clock.now, actor: actorOf(context) };
}

type Row = {
  camera_id: string;
  serial: string;
  profile: string;
  identity_source: string;
  registered_at: string;
  last_at: string | null;
  last_state: string | null;
  last_end: string | null;
  total_bytes: number | null;
  free_bytes: number | null;
  officer_id: string | null;
  items: number;
  bytes: number;
  damaged: number;
};

function camerasOf({ station, names }: WebContext) {
  const now = Date.parse(station.clock.now());
  const merged = sql<MergedCamera>(
    station.ledger.reader,
    `SELECT camera_id AS id, serial, identity_source AS identitySource FROM cameras
     WHERE same_as = ? AND camera_id <> same_as ORDER BY serial`,
  );
  return sql<Row>(
    station.ledger.reader,
    `SELECT c.camera_id, c.serial, c.profile, c.identity_source, c.registered_at,
       d.started_at AS last_at, d.state AS last_state, d.ended_at AS last_end, d.total_bytes, d.free_bytes,
       (SELECT officer_id FROM catalogue u JOIN cameras m USING (camera_id) WHERE m.same_as = c.camera_id AND officer_id IS NOT NULL
        ORDER BY sort_at DESC LIMIT 1) AS officer_id,
       (SELECT coalesce(sum(u.items), 0) FROM cameras m JOIN catalogue_cameras u USING (camera_id) WHERE m.same_as = c.camera_id) AS items,
       (SELECT coalesce(sum(u.bytes), 0) FROM cameras m JOIN catalogue_cameras u USING (camera_id) WHERE m.same_as = c.camera_id) AS bytes,
       (SELECT coalesce(sum(u.damaged), 0) FROM cameras m JOIN catalogue_cameras u USING (camera_id) WHERE m.same_as = c.camera_id) AS damaged
     FROM cameras c LEFT JOIN dockings d ON d.started_seq =
       (SELECT max(started_seq) FROM cameras m JOIN dockings USING (camera_id) WHERE m.same_as = c.camera_id)
     WHERE c.same_as = c.camera_id ORDER BY c.serial`,
  )
    .all()
    .map((row) => ({
      id: row.camera_id,
      merged: merged.all(row.camera_id),
      serial: row.serial,
      profile: row.profile,
      identitySource: row.identity_source,
      registeredAt: row.registered_at,
      lastDockedAt: row.last_at,
      lastOfficer: row.officer_id === null ? null : names.person(row.officer_id),
      items: row.items,
      bytes: row.bytes,
      damaged: row.damaged,
      docked: isThere(row.last_state),
      space: spaceOf(row),
      overdue: !isThere(row.last_state) && (row.last_end === null || now - Date.parse(row.last_end) > DAY_MS),
      ...saidByItself(station.ledger, row.camera_id),
    }));
}

/** What the camera itself told when it was unlocked. */
function saidByItself(ledger: Ledger, cameraId: string) {
  const ids = idsOfCamera(ledger, cameraId);
  const units = ids.map((id) => ledger.records.get('camera', id)?.['unitName']).filter((unit) => typeof unit === 'string');
  return { clock: cameraClock(ledger, ids), battery: cameraBattery(ledger, ids), unit: units[0] ?? null };
}

function isThere(state: string | null): boolean {
  return state !== null && state !== 'ended';
}

function spaceOf(row: { total_bytes: number | null; free_bytes: number | null }) {
  return row.total_bytes === null || row.free_bytes === null ? null : { totalBytes: row.total_bytes, freeBytes: row.free_bytes };
}

type DockingRow = {
  docking_id: string;
  port: number;
  started_at: string;
  ended_at: string | null;
  stored: number | null;
  stored_bytes: number | null;
  seen_again: number | null;
  safe: number | null;
  total_bytes: number | null;
  free_bytes: number | null;
};

const MAX_DOCKINGS = 200;

function historyOf({ station, names }: WebContext, cameraId: string): CameraDocking[] {
  const { reader } = station.ledger;
  const officers = sql<{ officer_id: string }>(reader, 'SELECT DISTINCT officer_id FROM items WHERE docking_id = ? AND officer_id IS NOT NULL');
  return sql<DockingRow>(
    reader,
    `SELECT docking_id, port, started_at, ended_at, stored, stored_bytes, seen_again, safe, total_bytes, free_bytes
     FROM cameras JOIN dockings USING (camera_id) WHERE same_as = ? ORDER BY started_seq DESC LIMIT ${MAX_DOCKINGS}`,
  )
    .all(cameraId)
    .map((row) => ({
      dockingId: row.docking_id,
      port: row.port,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      officers: officers.all(row.docking_id).map((one) => names.person(one.officer_id)),
      stored: row.stored,
      storedBytes: row.stored_bytes,
      seenAgain: row.seen_again,
      safe: row.safe === null ? null : row.safe === 1,
      space: spaceOf(row),
    }));
}
