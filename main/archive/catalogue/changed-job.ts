import type { CompareJob } from './compare-job.ts';
import { openEngine, rowsOf } from './duckdb.ts';
import { openCatalogue } from './open-catalogue.ts';
import { quoted } from './sql-text.ts';
import { CHANGED_TABLES } from './tables.ts';

export type ChangedJob = Pick<CompareJob, 'catalogue' | 'destinationId' | 'spill'> & {
  kind: 'changed';
  /** Up to which entry of each station's ledger receipts are known; of other stations none are. */
  upTo: readonly { stationId: string; seq: number }[];
};

const MEMORY_MB = 500;

/** Months of stations, as their bags' paths begin, in which something was confirmed since. */
export async function listChanged(job: ChangedJob): Promise<string[]> {
  const engine = await openEngine({ memoryMb: MEMORY_MB, threads: 1, spill: job.spill });
  // A station whose tables are not whole is told by the comparison.
  await openCatalogue(engine, job.catalogue, CHANGED_TABLES);
  const known = job.upTo.map(({ stationId, seq }) => `{station: '${quoted(stationId)}', seq: ${seq}}`);
  const months = await rowsOf<{ month: string }>(
    engine,
    `SELECT DISTINCT bag[1:44] AS month FROM all_receipts r
     LEFT JOIN (SELECT unnest([${known.join(', ')}]::STRUCT(station VARCHAR, seq BIGINT)[], recursive := true)) k ON k.station = r.station
     WHERE destination_id = '${quoted(job.destinationId)}' AND r.seq > coalesce(k.seq, 0) ORDER BY month`,
  );
  engine.closeSync();
  return months.map(({ month }) => month);
}
