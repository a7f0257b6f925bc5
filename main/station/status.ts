import { listDestinations, waitingFor } from '../archive/index.ts';
import type { StatusReport } from '../contract/api/station.ts';
import { sql } from '../store/index.ts';
import { spaceOf } from '../vault/index.ts';
import type { Station } from './open-station.ts';

/** Recordings listed; all are counted. */
const MAX_LISTED = 500;

/** Everything about a station that people ask for first, read from the projections. */
export function statusOf(station: Station): StatusReport {
  const { ledger } = station;
  const count = (text: string, ...values: unknown[]) => (sql<{ n: number }>(ledger.reader, text).get(...values) as { n: number }).n;
  const confirmed = count('SELECT count(DISTINCT item_id) AS n FROM receipt_items');
  const stored = count('SELECT count(*) AS n FROM items');
  const ofKind = (kind: string) => count('SELECT count(*) AS n FROM units WHERE kind = ?', kind);
  const inTime = (outcome: string) => count('SELECT count(*) AS n FROM deadlines WHERE outcome = ?', outcome);
  return {
    station: {
      id: station.identity.stationId,
      code: station.identity.stationCode,
      running: station.purpose === 'station',
      clock: station.clock.source(),
      engine: station.engine.id,
    },
    ledger: { head: headOf(station), settled: ledger.opened.settlement, adopted: station.recovered.adopted },
    cameras: count('SELECT count(*) AS n FROM cameras'),
    items: {
      stored,
      bytes: count('SELECT coalesce(sum(size_bytes), 0) AS n FROM items'),
      damaged: count("SELECT count(*) AS n FROM probes WHERE outcome = 'damaged'"),
      refused: count('SELECT count(*) AS n FROM refusals'),
      waitingForArchive: stored - confirmed,
      confirmed,
      clearedFromCamera: count("SELECT count(*) AS n FROM clears WHERE state = 'done'"),
    },
    derivatives: {
      posters: count("SELECT count(*) AS n FROM derivatives WHERE kind = 'poster'"),
      proxies: count("SELECT count(*) AS n FROM derivatives WHERE kind = 'proxy'"),
    },
    units: {
      recordings: ofKind('recording'),
      loose: ofKind('loose'),
      docking: ofKind('docking'),
      linked: count('SELECT count(*) AS n FROM unit_links'),
      suggested: count('SELECT count(*) AS n FROM link_suggestions WHERE unit_id NOT IN (SELECT unit_id FROM unit_links)'),
    },
    deadlines: { onTime: inTime('on-time'), late: inTime('late'), undetermined: inTime('undetermined') },
    space: spaceOf(station.vault.root, station.policy('vault-reserve-bytes')),
    destinations: destinationsOf(station).map(({ name, kind, sameDisk, receipts, waiting }) => ({ name, kind, sameDisk, receipts, waiting })),
    recordings: recordingsOf(station),
    failures: station.recovered.failures,
  };
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
  const receipts = sql<{ n: number }>(ledger.reader, 'SELECT count(*) AS n FROM receipts WHERE destination_id = ?');
  return listDestinations(ledger).map((destination) => ({
    id: destination.id,
    name: destination.name,
    kind: destination.kind,
    sameDisk: destination.sameDisk,
    receipts: (receipts.get(destination.id) as { n: number }).n,
    waiting: waitingFor(ledger, destination),
  }));
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
     WHERE u.kind = 'recording' ORDER BY u.closed_seq DESC LIMIT ${MAX_LISTED}`,
  )
    .all()
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
