import type { ReconcileReport } from '../contract/api/archive.ts';
import type { SheetInput } from '../reports/index.ts';
import type { Station } from './open-station.ts';
import { headOf } from './status.ts';

/** A reconciliation with what its sheet says about this station now. */
export function sheetInput(station: Station, report: ReconcileReport, exportedBy: string | null): SheetInput {
  const { stationId, stationCode } = station.identity;
  return {
    report,
    station: { id: stationId, code: stationCode },
    exportedAt: station.clock.now(),
    exportedBy,
    head: headOf(station),
    zone: station.policy('camera-zone'),
  };
}
