import type { CameraClock } from '../contract/api/docking.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';

/** The newest reading of a camera's clock, under whichever of its ids; null when it was never read. */
export function cameraClock(ledger: Ledger, cameraIds: readonly string[]): CameraClock | null {
  const row = sql<CameraClock>(
    ledger.reader,
    `SELECT read_at AS readAt, offset_ms AS offsetMs, uncertainty_ms AS uncertaintyMs, station_clock AS stationClock, set_at AS setAt
     FROM json_each(?) JOIN camera_clocks ON camera_id = value ORDER BY read_at DESC LIMIT 1`,
  ).get(JSON.stringify(cameraIds));
  return row ?? null;
}

/** Percent, and when it was read; null when it never was. */
export function cameraBattery(ledger: Ledger, cameraIds: readonly string[]): { percent: number; readAt: string } | null {
  const row = sql<{ percent: number; readAt: string }>(
    ledger.reader,
    'SELECT percent, read_at AS readAt FROM json_each(?) JOIN camera_batteries ON camera_id = value ORDER BY read_at DESC LIMIT 1',
  ).get(JSON.stringify(cameraIds));
  return row ?? null;
}
