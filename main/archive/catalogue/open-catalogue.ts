import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { hashFile } from '../file-io.ts';
import { rowsOf } from './duckdb.ts';
import { quoted } from './sql-text.ts';
import { CATALOGUE, DAY_TABLES, FILES_TABLE, STATION_TABLE } from './tables.ts';

/** A file of a station's catalogue that is not as its list says; `found` is its hash, null when it is not there. */
export type BrokenFile = { station: string; key: string; sha256: string; found: string | null };

const SQL_TYPES = { text: 'VARCHAR', whole: 'BIGINT', flag: 'BOOLEAN', instant: 'TIMESTAMPTZ' } as const;

/**
 * Makes a view `all_<table>` over every station's files of a table (null: of each one), each file proven against its station's
 * list first. A station of which one of these is broken is in no view.
 */
export async function openCatalogue(engine: DuckDBConnection, folder: string, only: readonly string[] | null): Promise<BrokenFile[]> {
  const lists = path.join(folder, FILES_TABLE.name);
  const at = (key: string) => path.join(folder, key.slice(CATALOGUE.length));
  const tables = [...DAY_TABLES, STATION_TABLE].filter(({ name }) => only === null || only.includes(name));
  const listed = fs.existsSync(lists)
    ? await rowsOf<Omit<BrokenFile, 'found'>>(
        engine,
        `SELECT station, key, sha256 FROM read_parquet('${quoted(lists)}/*/*.parquet', hive_partitioning = true, hive_types = {'station': VARCHAR})`,
      )
    : [];
  const wanted = listed.filter(({ key }) => only === null || tables.some(({ name }) => key.startsWith(`${CATALOGUE}${name}/`)));
  const broken: BrokenFile[] = [];
  for (const file of wanted) {
    const found = (await hashFile(at(file.key)).catch(() => null))?.sha256 ?? null;
    if (found !== file.sha256) broken.push({ ...file, found });
  }
  const out = new Set(broken.map(({ station }) => station));
  const whole = wanted.filter(({ station }) => !out.has(station));
  for (const { name, columns } of tables) {
    const files = whole.filter(({ key }) => key.startsWith(`${CATALOGUE}${name}/`)).map(({ key }) => at(key));
    await engine.run(viewOf(name, columns, files));
  }
  return broken;
}

function viewOf(name: string, columns: Readonly<Record<string, keyof typeof SQL_TYPES>>, files: readonly string[]): string {
  const view = `CREATE VIEW all_${name} AS SELECT`;
  if (files.length === 0) {
    const none = Object.entries(columns).map(([column, type]) => `NULL::${SQL_TYPES[type]} AS ${column}`);
    return `${view} NULL::VARCHAR AS station, NULL::DATE AS day, ${none.join(', ')} WHERE false`;
  }
  const list = files.map((file) => `'${quoted(file)}'`).join(', ');
  const types = `hive_partitioning = true, hive_types = {'station': VARCHAR${name === STATION_TABLE.name ? '' : ", 'day': DATE"}}`;
  return `${view} * FROM read_parquet([${list}], ${types})`;
}
