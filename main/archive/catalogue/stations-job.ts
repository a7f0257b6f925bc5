import { openEngine, rowsOf } from './duckdb.ts';
import { openCatalogue } from './open-catalogue.ts';
import { instantText } from './sql-text.ts';
import { STATIONS_TABLES } from './tables.ts';

export type StationsJob = { kind: 'stations' /** Where the archive's `catalogue/` can be read on this machine. */; catalogue: string; spill: string };

/** What a station's catalogue says of it. */
export type CatalogueStation = {
  stationId: string;
  code: string;
  lastSeenAt: string;
  headSeq: number;
  items: number;
  bytes: number;
  waiting: number;
  waitingSince: string | null;
  late: number;
  lastDockingAt: string | null;
};

export type ListedStations = { stations: CatalogueStation[] /** Those of which a file is gone or was altered. */; broken: string[] };

const MEMORY_MB = 500;

/** All stations of an archive by their catalogues. */
export async function listStations(job: StationsJob): Promise<ListedStations> {
  const engine = await openEngine({ memoryMb: MEMORY_MB, threads: 1, spill: job.spill });
  const broken = await openCatalogue(engine, job.catalogue, STATIONS_TABLES);
  const stations = await rowsOf<CatalogueStation>(
    engine,
    `SELECT s.station AS stationId, station_code AS code, ${instantText('written_at')} AS lastSeenAt, head_seq AS headSeq, items, size_bytes AS bytes, waiting,
       ${instantText('waiting_since')} AS waitingSince, coalesce(r.late, 0) AS late, ${instantText('last_docking_at')} AS lastDockingAt
     FROM all_stations s LEFT JOIN (SELECT station, count(*) FILTER (deadline = 'late') AS late FROM all_recordings GROUP BY station) r ON r.station = s.station
     ORDER BY station_code, s.station`,
  );
  engine.closeSync();
  return { stations, broken: [...new Set(broken.map(({ station }) => station))] };
}
