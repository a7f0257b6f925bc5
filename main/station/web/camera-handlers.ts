import { done, failed } from '../../contract/errors.ts';
import { findCamera, registerCamera } from '../../dock/index.ts';
import { sql } from '../../store/index.ts';
import { actorOf, type GuardedContract, type WebContext } from './web-context.ts';

const DAY_MS = 24 * 60 * 60_000;

/** The register of cameras. */
export function cameraHandlers({ cameras: os }: GuardedContract) {
  return {
    list: os.list.handler(({ context }) => camerasOf(context)),
    profiles: os.profiles.handler(({ context }) => context.station.profiles.map(({ id, label }) => ({ id, ...label }))),
    register: os.register.handler(async ({ context, input }) => {
      const { ledger, profiles, clock } = context.station;
      const profile = profiles.find((one) => one.id === input.profile);
      if (!profile) return failed('usage.invalid', input.profile, profiles.map((one) => one.id).join(', '));
      const known = findCamera(ledger, input.serial, 'operator');
      if (known) return done({ cameraId: known.cameraId, known: true });
      const camera = { serial: input.serial, identitySource: 'operator' as const, profile: profile.id };
      const { cameraId } = await registerCamera(ledger, camera, { actor: actorOf(context), at: clock.now(), how: 'admin' });
      return done({ cameraId, known: false });
    }),
  };
}

type Row = {
  camera_id: string;
  serial: string;
  profile: string;
  identity_source: string;
  registered_at: string;
  last_at: string | null;
  officer_id: string | null;
  items: number;
  bytes: number;
  damaged: number;
};

function camerasOf({ station, names }: WebContext) {
  const now = Date.parse(station.clock.now());
  return sql<Row>(
    station.ledger.reader,
    `SELECT c.camera_id, c.serial, c.profile, c.identity_source, c.registered_at,
       (SELECT max(started_at) FROM dockings d WHERE d.camera_id = c.camera_id) AS last_at,
       (SELECT officer_id FROM catalogue u WHERE u.camera_id = c.camera_id AND officer_id IS NOT NULL ORDER BY sort_at DESC LIMIT 1) AS officer_id,
       coalesce(u.items, 0) AS items, coalesce(u.bytes, 0) AS bytes, coalesce(u.damaged, 0) AS damaged
     FROM cameras c LEFT JOIN catalogue_cameras u USING (camera_id) ORDER BY c.serial`,
  )
    .all()
    .map((row) => ({
      id: row.camera_id,
      serial: row.serial,
      profile: row.profile,
      identitySource: row.identity_source,
      registeredAt: row.registered_at,
      lastDockedAt: row.last_at,
      lastOfficer: row.officer_id === null ? null : names.person(row.officer_id),
      items: row.items,
      bytes: row.bytes,
      damaged: row.damaged,
      overdue: row.last_at === null || now - Date.parse(row.last_at) > DAY_MS,
    }));
}
