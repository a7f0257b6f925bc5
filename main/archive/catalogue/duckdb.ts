import { BIGINT, BOOLEAN, type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, VARCHAR } from '@duckdb/node-api';
import { quoted } from './sql-text.ts';
import type { CatalogueTable } from './tables.ts';

/** Rows given to the engine at once; it takes at most 2048. */
const CHUNK_ROWS = 2048;

/**
 * An engine of its own that reads and writes files of this machine alone: it fetches no extensions. Only in a process apart,
 * because it takes up to `memoryMb` and would take the station down with it.
 */
export async function openEngine(options: { memoryMb: number; threads: number; spill: string }): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(options.threads),
    memory_limit: `${options.memoryMb}MB`,
    temp_directory: options.spill,
    autoinstall_known_extensions: 'false',
  });
  const engine = await instance.connect();
  // Not whatever zone the machine is in.
  await engine.run("SET TimeZone = 'UTC'");
  return engine;
}

type Cell = string | number | null;
export type Row = Record<string, Cell>;

const RAW = { text: VARCHAR, whole: BIGINT, flag: BOOLEAN, instant: VARCHAR } as const;
const SQL_TYPES = { text: 'VARCHAR', whole: 'BIGINT', flag: 'BOOLEAN', instant: 'VARCHAR' } as const;

/** Writes rows as a Parquet file of a table; the same rows give the same bytes. Says how many there were. */
export async function writeParquet(
  engine: DuckDBConnection,
  table: Pick<CatalogueTable, 'name' | 'columns'>,
  format: number,
  rows: Iterable<Row>,
  file: string,
): Promise<number> {
  const columns = Object.entries(table.columns);
  await engine.run(`CREATE OR REPLACE TEMP TABLE rows_to_write (${columns.map(([name, type]) => `${name} ${SQL_TYPES[type]}`).join(', ')})`);
  const appender = await engine.createAppender('rows_to_write');
  let count = 0;
  let chunk: Row[] = [];
  const append = () => {
    const made = DuckDBDataChunk.create(columns.map(([, type]) => RAW[type]));
    made.setColumns(columns.map(([name, type]) => chunk.map((row) => engineValue(row[name] ?? null, type))));
    appender.appendDataChunk(made);
    count += chunk.length;
    chunk = [];
  };
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length === CHUNK_ROWS) append();
  }
  if (chunk.length > 0) append();
  appender.closeSync();
  const selected = columns.map(([name, type]) => (type === 'instant' ? `${name}::TIMESTAMPTZ AS ${name}` : name)).join(', ');
  await engine.run(
    `COPY (SELECT ${selected} FROM rows_to_write) TO '${quoted(file)}'
     (FORMAT parquet, COMPRESSION zstd, KV_METADATA {evidock_table: '${table.name}', evidock_format: '${format}'})`,
  );
  return count;
}

function engineValue(cell: Cell, type: keyof typeof RAW) {
  if (cell === null) return null;
  if (type === 'whole') return BigInt(cell);
  return type === 'flag' ? cell === 1 : String(cell);
}

/** Rows of a statement, whole numbers as numbers; the statement gives nothing else that JSON does not know. */
export async function rowsOf<T>(engine: DuckDBConnection, text: string): Promise<T[]> {
  const rows = (await engine.runAndReadAll(text)).getRowObjectsJS();
  const plain = (value: unknown) => (typeof value === 'bigint' ? Number(value) : value);
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plain(value)]))) as T[];
}
