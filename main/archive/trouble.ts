import type { Entry } from '../contract/entries/index.ts';
import type { Failure } from '../contract/errors.ts';
import { frameOf, type Ledger, type SealedBytes } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { type Destination, listDestinations } from './destinations.ts';

/** Why the newest attempt at a destination did not get through; null when it did, or there was none. */
export function troubleOf(ledger: Ledger, destination: Pick<Destination, 'id' | 'name'>): Failure | null {
  const row = sql<SealedBytes & { seq: number }>(
    ledger.reader,
    `SELECT e.seq, canonical, hash FROM entries e JOIN entry_refs r ON r.seq = e.seq AND r.kind = 'destination' AND r.id = ?
     WHERE e.type = 'forward.failed' ORDER BY e.seq DESC LIMIT 1`,
  ).get(destination.id);
  if (!row) return null;
  const receipt = sql<{ seq: number | null }>(ledger.reader, 'SELECT max(seq) AS seq FROM receipts WHERE destination_id = ?').get(destination.id);
  if ((receipt?.seq ?? 0) > row.seq) return null;
  const { body } = frameOf(row) as Entry<'forward.failed'>;
  return { code: body.reason, what: destination.name, detail: body.detail };
}

/** What stands between the station and its archives now. */
export function forwardTroubles(ledger: Ledger): Failure[] {
  return listDestinations(ledger).flatMap((destination) => troubleOf(ledger, destination) ?? []);
}

export type QueuedUnit = { unitId: string; destination: string; attempts: number; failure: Failure | null };

/** What waits for a destination, failures first, then oldest first. */
export function queueOf(ledger: Ledger, limit: number): QueuedUnit[] {
  // The reason is that of the newest failure: SQLite takes a bare column from the row that max() chose.
  const waiting = sql<{ unit_id: string; attempts: number; reason: string | null }>(
    ledger.reader,
    `SELECT c.subject_id AS unit_id, count(f.seq) AS attempts, max(f.seq), json_extract(f.canonical, '$.body.reason') AS reason
     FROM entries c LEFT JOIN entries f ON f.subject_kind = 'unit' AND f.subject_id = c.subject_id AND f.type = 'forward.failed'
       AND json_extract(f.canonical, '$.body.destinationId') = ?
     WHERE c.type = 'unit.closed' AND c.subject_id NOT IN (SELECT unit_id FROM receipts WHERE destination_id = ?)
     GROUP BY c.seq ORDER BY attempts = 0, c.seq LIMIT ?`,
  );
  return listDestinations(ledger)
    .flatMap((destination) =>
      waiting.all(destination.id, destination.id, limit).map((row) => ({
        unitId: row.unit_id,
        destination: destination.name,
        attempts: row.attempts,
        failure: row.reason === null ? null : { code: row.reason as Failure['code'], what: destination.name, detail: '' },
      })),
    )
    .slice(0, limit);
}
