import type { DuckDBConnection } from '@duckdb/node-api';
import { type ArchiveClass, ArchiveCounts, type ArchiveDifference } from '../../contract/archive-difference.ts';
import { COMPARISONS, heldViews, UP_TO } from './compare.sql.ts';
import { openEngine, rowsOf } from './duckdb.ts';
import { openCatalogue } from './open-catalogue.ts';
import { quoted } from './sql-text.ts';

export type CompareJob = {
  kind: 'compare';
  /** Where the archive's `catalogue/` can be read on this machine. */
  catalogue: string;
  /** What lies at the archive: CSV or Parquet with `key`, `size_bytes` (null: cannot be looked at) and `sha256` (null: not read). */
  inventory: string;
  destinationId: string;
  /** Months of stations, as their bags' paths begin, of which the inventory is; null when it is of everything. */
  months: readonly string[] | null;
  /** When the inventory was begun, as the station tells it: what was confirmed later is not judged. */
  at: string;
  /** After how many hours a recording without a case, or bytes without a receipt, count. */
  afterHours: number;
  /** Listed of each class; all are counted. */
  listed: number;
  memoryMb: number;
  threads: number;
  spill: string;
};

/** A difference as it was found, before anybody asks who explained it. */
export type FoundDifference = Omit<ArchiveDifference, 'id' | 'explanationId'>;

export type Compared = {
  stations: number;
  items: number;
  same: number;
  waiting: number;
  unchanged: number;
  upTo: { stationId: string; seq: number }[];
  counts: ArchiveCounts;
  differences: FoundDifference[];
  /** How long each step took, ms. */
  stepMs: Record<string, number>;
};

/**
 * Compares the certificates of dockings, the ledgers' items and receipts, and what lies at the archive, of all stations at
 * once. A station whose catalogue is not whole is told and left out: nothing is concluded from half a list.
 */
export async function compare(job: CompareJob, onStep: (step: string) => void): Promise<Compared> {
  const engine = await openEngine(job);
  // Order is asked for where it matters; kept everywhere it would cost memory.
  await engine.run('SET preserve_insertion_order = false');
  const stepMs: Record<string, number> = {};
  async function step(name: string, act: () => Promise<unknown>): Promise<void> {
    onStep(name);
    const started = performance.now();
    await act();
    stepMs[name] = Math.round(performance.now() - started);
  }
  await step('catalogue', () => openTables(engine, job));
  for (const { name, statements } of COMPARISONS) {
    await step(name, async () => {
      for (const text of statements) await engine.run(filledIn(text, job));
    });
  }
  const [totals] = await rowsOf<Omit<Compared, 'upTo' | 'counts' | 'differences' | 'stepMs'>>(engine, 'SELECT * FROM totals');
  const upTo = await rowsOf<Compared['upTo'][number]>(engine, filledIn(UP_TO, job));
  const counted = await rowsOf<{ class: ArchiveClass; n: number }>(engine, 'SELECT class, count(*) AS n FROM differences GROUP BY class');
  const differences = await rowsOf<FoundDifference>(
    engine,
    `SELECT class, location, cause, action, station AS stationId, unit_id AS unitId, item_id AS itemId, docking_id AS dockingId, key, expected, found, since
     FROM differences QUALIFY row_number() OVER (PARTITION BY class ORDER BY station, since, key, item_id, unit_id, docking_id) <= ${job.listed}
     ORDER BY class, station, since, key, item_id, unit_id, docking_id`,
  );
  engine.closeSync();
  if (!totals) throw new Error('totals are one row');
  const counts = ArchiveCounts.parse(
    Object.fromEntries(Object.keys(ArchiveCounts.shape).map((name) => [name, counted.find((one) => one.class === name)?.n ?? 0])),
  );
  return { ...totals, upTo, counts, differences, stepMs };
}

function filledIn(text: string, job: CompareJob): string {
  return text
    .replaceAll('$destination', `'${quoted(job.destinationId)}'`)
    .replaceAll('$at', `TIMESTAMPTZ '${quoted(job.at)}'`)
    .replaceAll('$after', `to_hours(${job.afterHours})`)
    .replaceAll('$looked', job.months === null ? 'true' : '(bag IS NULL OR bag[1:44] IN (SELECT month FROM months))');
}

/** Makes the tables to be compared of the catalogue's files, each proven against its station's list. */
async function openTables(engine: DuckDBConnection, job: CompareJob): Promise<void> {
  await engine.run(DIFFERENCES);
  const months = (job.months ?? []).map((month) => `'${quoted(month)}'`);
  await engine.run(`CREATE TABLE months AS SELECT unnest([${months.join(', ')}]::VARCHAR[]) AS month`);
  for (const { station, key, sha256, found } of await openCatalogue(engine, job.catalogue, null)) {
    const [kind, cause] = found ? ['differs', 'altered'] : ['missing', 'not-there'];
    await engine.run(
      `INSERT INTO differences (class, location, cause, action, station, key, expected, found) VALUES
       ('${kind}', 'catalogue', '${cause}', 'rewrite', '${quoted(station)}', '${quoted(key)}', '${sha256}', ${found ? `'${found}'` : 'NULL'})`,
    );
  }
  for (const text of heldViews(await inventoryOf(engine, job))) await engine.run(text);
}

/** The inventory as Parquet: it is looked through several times. */
async function inventoryOf(engine: DuckDBConnection, { inventory }: CompareJob): Promise<string> {
  if (inventory.endsWith('.parquet')) return inventory;
  const made = `${inventory}.parquet`;
  await engine.run(
    `COPY (SELECT * FROM read_csv('${quoted(inventory)}', header = true, columns = {key: 'VARCHAR', size_bytes: 'BIGINT', sha256: 'VARCHAR'}))
     TO '${quoted(made)}' (FORMAT parquet)`,
  );
  return made;
}

const DIFFERENCES = `CREATE TABLE differences (class VARCHAR, location VARCHAR, cause VARCHAR, action VARCHAR, station VARCHAR, unit_id VARCHAR,
  item_id VARCHAR, docking_id VARCHAR, key VARCHAR, expected VARCHAR, found VARCHAR, since VARCHAR)`;
