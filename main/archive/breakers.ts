import type { ErrorCode } from '../contract/errors.ts';
import { type Db, sql } from '../store/index.ts';
import { afterFailure, type Breaker, CLOSED, duringTry, type Standing, standingOf } from './breaker.pure.ts';

/** How a destination stands now: why it failed last, and until when it is left alone. */
export type DestinationStanding = { standing: Standing; failures: number; untilMs: number | null; reason: ErrorCode | null };

type Row = { failures: number; rest_until_ms: number | null; reason: ErrorCode };

/**
 * Which destinations are left alone for a while because they themselves failed, one bag after the other. Working state:
 * losing it costs a few attempts.
 */
export function createBreakers(work: Db, nowMs: () => number, random: () => number = Math.random) {
  const rowOf = (id: string) => sql<Row>(work, 'SELECT failures, rest_until_ms, reason FROM destination_rests WHERE destination_id = ?').get(id);
  const breakerOf = (row: Row | undefined): Breaker => (row ? { failures: row.failures, restUntilMs: row.rest_until_ms } : CLOSED);

  function put(id: string, { failures, restUntilMs }: Breaker, reason: ErrorCode): void {
    sql(work, 'INSERT OR REPLACE INTO destination_rests (destination_id, failures, rest_until_ms, reason) VALUES (?, ?, ?, ?)').run(
      id,
      failures,
      restUntilMs,
      reason,
    );
  }

  return {
    of(id: string): DestinationStanding {
      const row = rowOf(id);
      const breaker = breakerOf(row);
      const standing = standingOf(breaker, nowMs());
      return { standing, failures: breaker.failures, untilMs: standing === 'open' ? breaker.restUntilMs : null, reason: row?.reason ?? null };
    },
    /** Whether to ask a destination now. After a rest the first who asks gets the one try, and the others wait for what comes of it. */
    mayTry(id: string): boolean {
      const row = rowOf(id);
      const standing = standingOf(breakerOf(row), nowMs());
      if (row && standing === 'half-open') put(id, duringTry(breakerOf(row), nowMs(), random()), row.reason);
      return standing !== 'open';
    },
    /** The destination failed by itself. */
    failed(id: string, reason: ErrorCode): void {
      put(id, afterFailure(breakerOf(rowOf(id)), nowMs(), random()), reason);
    },
    /** The destination did what it is there for, even if a bag was refused. */
    answered(id: string): void {
      sql(work, 'DELETE FROM destination_rests WHERE destination_id = ?').run(id);
    },
  };
}
export type Breakers = ReturnType<typeof createBreakers>;
