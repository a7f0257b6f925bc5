import { listDestinations, readsBack, scheduleDestination, totalsOf } from '../archive/index.ts';
import type { DestinationSchedule, ScheduleChange } from '../contract/api/archive.ts';
import type { StatusReport } from '../contract/api/station.ts';
import { done, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import { totalOf } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { spaceOf } from '../vault/index.ts';
import type { Station } from './open-station.ts';
import { spaceForecast } from './space-watch.ts';

/** Recordings listed; all are counted. */
const MAX_LISTED = 500;

/** Everything about a station that people ask for first, read from the projections. */
export function statusOf(station: Station): StatusReport {
  const { ledger } = station;
  const of = (table: string) => (what: string) => totalOf(ledger.reader, table, what);
  const [ingest, media, evidence] = [of('ingest_totals'), of('media_totals'), of('evidence_totals')];
  const confirmed = totalOf(ledger.reader, 'archive_totals', 'confirmed');
  const cameras = sql<{ n: number }>(ledger.reader, 'SELECT count(*) AS n FROM cameras WHERE same_as = camera_id').get() as { n: number };
  return {
    station: {
      id: station.identity.stationId,
      code: station.identity.stationCode,
      running: station.purpose === 'station',
      clock: station.clock.source(),
      engine: station.engine.id,
    },
    ledger: { head: headOf(station), settled: ledger.opened.settlement, adopted: station.recovered.adopted },
    cameras: cameras.n,
    items: {
      stored: ingest('items'),
      bytes: ingest('bytes'),
      damaged: media('damaged'),
      refused: ingest('refused'),
      waitingForArchive: ingest('items') - confirmed,
      confirmed,
      clearedFromCamera: ingest('cleared'),
      freed: totalOf(ledger.reader, 'archive_totals', 'freed'),
    },
    derivatives: { posters: media('poster'), proxies: media('proxy') },
    units: {
      recordings: media('recording'),
      loose: media('loose'),
      docking: media('docking'),
      linked: evidence('linked'),
      suggested: evidence('suggested'),
    },
    deadlines: { onTime: evidence('on-time'), late: evidence('late'), undetermined: evidence('undetermined') },
    space: spaceWithForecast(station),
    destinations: destinationsOf(station).map(({ name, kind, sameDisk, receipts, waiting }) => ({ name, kind, sameDisk, receipts, waiting })),
    recordings: recordingsOf(station),
    failures: station.recovered.failures,
  };
}

/** Space of the vault's disk, and when it will be full. */
export function spaceWithForecast(station: Station): StatusReport['space'] {
  const space = spaceOf(station.vault.root, station.policy('vault-reserve-bytes'));
  const found = spaceForecast(station.work, Date.parse(station.clock.now()), space.reserveBytes);
  if (!found) return { ...space, forecast: null };
  const { growthBytes, measuredMs, fullAtMs } = found;
  return { ...space, forecast: { growthBytes, measuredMs, fullAt: fullAtMs === null ? null : new Date(fullAtMs).toISOString() } };
}

/** Sequence number and hash of the newest entry. */
export function headOf(station: Station): { seq: number; hash: string } {
  const head = sql<{ seq: number; hash: string }>(station.ledger.reader, 'SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1').get();
  if (!head) throw new Error('a station that runs has a genesis entry');
  return head;
}

/** Every destination with what it has confirmed and what it still lacks. */
export function destinationsOf(station: Station) {
  const { ledger } = station;
  const all = listDestinations(ledger);
  return all.map(({ id, name, kind, sameDisk, capabilities, schedule: { paused, after, caps } }) => {
    const { receipts, waiting } = totalsOf(ledger, id);
    const schedule = { paused, after: all.find((one) => one.id === after)?.name ?? null, caps };
    return { id, name, kind, sameDisk, readsBack: readsBack({ kind, capabilities }), receipts, waiting, schedule };
  });
}

type RecordingRow = {
  unit_id: string;
  serial: string;
  start_local: string | null;
  duration_ms: number | null;
  clips: number;
  damaged: number;
  case_id: string | null;
  suggested: string | null;
  outcome: string | null;
};

/** Changes how the outbox treats a destination. Fails with `destination.unknown`, and `usage.invalid` when they would wait for one another. */
export async function changeSchedule(station: Station, { name, ...change }: ScheduleChange, actor: Actor): Promise<Result<DestinationSchedule>> {
  const changed = await scheduleDestination({ ledger: station.ledger, now: station.clock.now, actor }, name, change);
  if (!changed.ok) return changed;
  const found = destinationsOf(station).find((one) => one.name === name);
  if (!found) throw new Error('a destination that was changed is there');
  return done(found.schedule);
}

function recordingsOf(station: Station): StatusReport['recordings'] {
  const { ledger } = station;
  const numberOf = (caseId: string | null) => {
    const number = caseId === null ? null : ledger.records.get('case', caseId)?.['number'];
    return typeof number === 'string' ? number : null;
  };
  return sql<RecordingRow>(
    ledger.reader,
    `SELECT u.unit_id, c.serial, u.start_local, u.duration_ms, u.clips, u.damaged, l.case_id, d.outcome,
       (SELECT case_id FROM link_suggestions s WHERE s.unit_id = u.unit_id ORDER BY s.seq DESC LIMIT 1) AS suggested
     FROM units u JOIN cameras r USING (camera_id) JOIN cameras c ON c.camera_id = r.same_as LEFT JOIN unit_links l USING (unit_id) LEFT JOIN deadlines d USING (unit_id)
     WHERE u.kind = 'recording' ORDER BY u.closed_seq DESC LIMIT ?`,
  )
    .all(MAX_LISTED)
    .map((row) => ({
      id: row.unit_id,
      camera: row.serial,
      start: row.start_local,
      durationMs: row.duration_ms,
      clips: row.clips,
      damaged: row.damaged,
      caseNumber: numberOf(row.case_id),
      suggested: numberOf(row.suggested),
      deadline: row.outcome,
    }));
}
