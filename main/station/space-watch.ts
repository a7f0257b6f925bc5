import type { Timer } from '../archive/index.ts';
import { type Db, sql } from '../store/index.ts';
import { type Forecast, forecast, type SpaceSample } from './forecast.pure.ts';

/** How often free space is measured, and for how long a measurement counts. */
const EVERY_MS = 60 * 60_000;
const KEPT_MS = 14 * 24 * EVERY_MS;

export type SpaceWatchContext = { work: Db; timer: Timer; nowMs(): number; freeBytes(): number };

/** Measures free space every hour while the station runs. Working state: losing it costs a day without a forecast. */
export function watchSpace({ work, timer, nowMs, freeBytes }: SpaceWatchContext) {
  const stop = new AbortController();
  async function rounds(): Promise<void> {
    while (!stop.signal.aborted) {
      const [newest] = samplesSince(work, nowMs() - EVERY_MS + 1).slice(-1);
      // A station that is started again and again does not measure more often.
      if (newest === undefined || newest.atMs > nowMs()) measure();
      await timer.wait(EVERY_MS, stop.signal).catch(() => undefined);
    }
  }
  function measure(): void {
    const now = nowMs();
    // What was measured in the future was measured by a clock that has gone back.
    sql(work, 'DELETE FROM space_samples WHERE at_ms < ? OR at_ms > ?').run(now - KEPT_MS, now);
    sql(work, 'INSERT OR REPLACE INTO space_samples (at_ms, free_bytes) VALUES (?, ?)').run(now, freeBytes());
  }
  const running = rounds();
  return {
    measure,
    async stop() {
      stop.abort(new Error('the station stops'));
      await running;
    },
  };
}

/** When the vault's disk will be full by what was measured in the last 14 days; null when that is not known yet. */
export function spaceForecast(work: Db, nowMs: number, reserveBytes: number): Forecast | null {
  return forecast(samplesSince(work, nowMs - KEPT_MS), reserveBytes);
}

function samplesSince(work: Db, sinceMs: number): SpaceSample[] {
  return sql<{ at_ms: number; free_bytes: number }>(work, 'SELECT at_ms, free_bytes FROM space_samples WHERE at_ms >= ? ORDER BY at_ms')
    .all(sinceMs)
    .map((row) => ({ atMs: row.at_ms, freeBytes: row.free_bytes }));
}
