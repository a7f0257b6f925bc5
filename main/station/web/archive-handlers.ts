import { type DestinationStanding, findDestination, forwardAll, queueOf, reconcile, testDestination, troubleOf } from '../../archive/index.ts';
import { failed, type Result } from '../../contract/errors.ts';
import type { DestinationRow } from '../../contract/web/archive.ts';
import { catalogueRow } from '../../evidence/index.ts';
import { sql } from '../../store/index.ts';
import { destinationsOf } from '../status.ts';
import { serialOf } from './recording-rows.ts';
import { actorOf, type GuardedContract } from './web-context.ts';

const MAX_QUEUE = 500;

/** Destinations, what waits for them, and reconciliation. */
export function archiveHandlers({ archive: os }: GuardedContract) {
  return {
    destinations: os.destinations.handler(({ context }) => {
      const { ledger } = context.station;
      const last = sql<{ at: string | null }>(ledger.reader, 'SELECT max(at) AS at FROM receipts WHERE destination_id = ?');
      return destinationsOf(context.station).map((one) => ({
        ...one,
        trouble: one.waiting > 0 ? troubleOf(ledger, one) : null,
        breaker: breakerOf(context.station.stages.forward.breakers.of(one.id), one.name),
        lastReceiptAt: last.get(one.id)?.at ?? null,
      }));
    }),
    queue: os.queue.handler(({ context }) => {
      const { ledger } = context.station;
      return queueOf(ledger, MAX_QUEUE).map((one) => {
        const row = catalogueRow(ledger.reader, one.unitId);
        return { ...one, camera: row ? serialOf(ledger, row.camera_id) : '', startLocal: row?.start_local ?? null };
      });
    }),
    test: os.test.handler(({ context, input }) => named(input.name, testDestination(context.station.ledger, input.name))),
    forward: os.forward.handler(({ context, input }) => forwardAll(context.station.stages.forward, input.to, input.onlyFailed)),
    reconcile: os.reconcile.handler(({ context, input }) => {
      const destination = findDestination(context.station.ledger, input.to);
      if (!destination.ok) return destination;
      const request = { source: null, sourceName: null, destination: destination.value, actor: actorOf(context) };
      return named(input.to, reconcile(context.station.stages.forward, request));
    }),
  };
}

function breakerOf({ standing, failures, untilMs, reason }: DestinationStanding, name: string): DestinationRow['breaker'] {
  return {
    standing,
    failures,
    until: untilMs === null ? null : new Date(untilMs).toISOString(),
    reason: reason === null ? null : failed(reason, name).failure,
  };
}

/** A failure of a destination as other machines may read it: by the destination's name, never by its folder. */
async function named<T>(name: string, result: Result<T> | Promise<Result<T>>): Promise<Result<T>> {
  const outcome = await result;
  return outcome.ok ? outcome : failed(outcome.failure.code, name);
}
