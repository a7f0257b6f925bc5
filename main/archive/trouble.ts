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

export type QueuedUnit = {
  unitId: string;
  destination: string;
  attempts: number;
  failure: Failure | null;
  /** The destination that has to confirm it before it goes there (cascading); null when nothing has to. */
  after: string | null;
};

/** What waits for a destination: failures first, then what goes next, then what has to be somewhere else before. */
export function queueOf(ledger: Ledger, limit: number): QueuedUnit[] {
  const waiting = [
    'attempts > 0 ORDER BY closed_seq',
    'attempts = 0 AND ready = 1 ORDER BY rank, closed_seq',
    'attempts = 0 AND ready = 0 ORDER BY closed_seq',
  ].map((which) =>
    sql<{ unit_id: string; attempts: number; reason: string | null; ready: number }>(
      ledger.reader,
      `SELECT unit_id, attempts, reason, ready FROM forward_queue WHERE destination_id = ? AND ${which} LIMIT ?`,
    ),
  );
  const destinations = listDestinations(ledger);
  return destinations
    .flatMap((destination) =>
      waiting
        .flatMap((rows) => rows.all(destination.id, limit))
        .map((row) => ({
          unitId: row.unit_id,
          destination: destination.name,
          attempts: row.attempts,
          failure: row.reason === null ? null : { code: row.reason as Failure['code'], what: destination.name, detail: '' },
          after: row.ready ? null : (destinations.find(({ id }) => id === destination.schedule.after)?.name ?? null),
        }))
        .slice(0, limit),
    )
    .slice(0, limit);
}

/** How many units a destination has confirmed with how many originals, and how many it still lacks. */
export function totalsOf(ledger: Ledger, destinationId: string): { waiting: number; receipts: number; items: number; bytes: number } {
  const nothing = { waiting: 0, receipts: 0, items: 0, bytes: 0 };
  const text = 'SELECT waiting, receipts, items, bytes FROM destination_totals WHERE destination_id = ?';
  return sql<typeof nothing>(ledger.reader, text).get(destinationId) ?? nothing;
}
