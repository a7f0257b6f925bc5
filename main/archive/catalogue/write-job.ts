import fs from 'node:fs';
import path from 'node:path';
import type { Entry } from '../../contract/entries/index.ts';
import { everyEntry, totalOf } from '../../ledger/index.ts';
import { type Db, openReader, sql } from '../../store/index.ts';
import { hashFile } from '../file-io.ts';
import { openEngine, type Row, writeParquet } from './duckdb.ts';
import { boundsOf, CATALOGUE_FORMAT, DAY_TABLES, dayOf, FILES_TABLE, keyOf, STATION_TABLE, WAITING_TABLE } from './tables.ts';

/** One file of a station's catalogue. */
export type CatalogueFile = { key: string; rows: number; sizeBytes: number; sha256: string };

export type WriteJob = {
  kind: 'write';
  database: string;
  /** An empty folder; what is to be put into the archive is made here, each file at its key. */
  out: string;
  station: { stationId: string; stationCode: string; agencyId: string };
  destinationId: string;
  /** Entries up to here are in the catalogue that `known` lists. */
  after: number;
  known: CatalogueFile[];
  sealedSeq: number;
  writtenAt: string;
};

/** The files that differ from the known ones, in the order in which they have to be put there, and the newest entry in them. */
export type WrittenJob = { head: number; changed: CatalogueFile[] };

/** Memory the engine may take, MB: a day of a station is small. */
const MEMORY_MB = 256;

/**
 * Makes the files of a station's catalogue in which something has changed since an entry. Reads the database in one
 * transaction, so that all files are of one moment.
 */
export async function writeFiles(job: WriteJob): Promise<WrittenJob> {
  const opened = openReader(job.database);
  if (!opened.ok) throw new Error(`${opened.failure.code}: ${opened.failure.detail}`);
  const reader = opened.value;
  reader.exec('BEGIN');
  const engine = await openEngine({ memoryMb: MEMORY_MB, threads: 1, spill: path.join(job.out, 'spill') });
  const { stationId } = job.station;
  const files = new Map(job.known.map((file) => [file.key, file]));
  const changed: CatalogueFile[] = [];

  async function make(table: Parameters<typeof writeParquet>[1], key: string, rows: Iterable<Row>): Promise<void> {
    const file = path.join(job.out, key);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const count = await writeParquet(engine, table, CATALOGUE_FORMAT, rows, file);
    const former = files.get(key);
    if (count === 0 && !former) return;
    const made = { key, rows: count, ...(await hashFile(file)) };
    if (former?.sha256 === made.sha256) return;
    files.set(key, made);
    changed.push(made);
  }

  const head = headOf(reader);
  const touched = touchedDays(reader, job.after);
  for (const table of DAY_TABLES) {
    for (const day of [...touched[table.name]].sort()) {
      const rows = sql<Row>(reader, table.rows).iterate(...boundsOf(day)) as Iterable<Row>;
      await make(table, keyOf(table.name, stationId, day), rows);
    }
  }
  await make(
    WAITING_TABLE,
    keyOf(WAITING_TABLE.name, stationId, null),
    sql<Row>(reader, WAITING_TABLE.rows).iterate(job.destinationId) as Iterable<Row>,
  );
  await make(STATION_TABLE, keyOf(STATION_TABLE.name, stationId, null), [stationRow(reader, job, head)]);
  const listed = [...files.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
  const rows = listed.map(({ key, rows: count, sizeBytes, sha256 }) => ({ key, rows: count, size_bytes: sizeBytes, sha256 }));
  const filesKey = keyOf(FILES_TABLE.name, stationId, null);
  // It lists the others, not itself.
  files.delete(filesKey);
  await make(
    FILES_TABLE,
    filesKey,
    rows.filter((row) => row.key !== filesKey),
  );
  engine.closeSync();
  reader.close();
  return { head: head.seq, changed };
}

function headOf(reader: Db): { seq: number; hash: string } {
  const head = sql<{ seq: number; hash: string }>(reader, 'SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1').get();
  if (!head) throw new Error('a ledger has a first entry');
  return head;
}

type Touched = Record<(typeof DAY_TABLES)[number]['name'], Set<string>>;

/** Of which days rows were made or changed by the entries after one. */
function touchedDays(reader: Db, after: number): Touched {
  const touched: Touched = { recordings: new Set(), items: new Set(), receipts: new Set(), links: new Set(), dockings: new Set() };
  for (const frame of everyEntry(reader, after)) touch(touched, frame as Entry);
  return touched;
}

function touch(touched: Touched, entry: Entry): void {
  const { id, kind } = entry.subject;
  switch (entry.type) {
    case 'item.stored':
      touched.items.add(dayOf(id));
      return;
    case 'unit.closed':
      touched.recordings.add(dayOf(id));
      for (const { itemId } of entry.body.items) touched.items.add(dayOf(itemId));
      return;
    case 'deadline.settled':
    case 'link.suggested':
      touched.recordings.add(dayOf(id));
      return;
    case 'unit.linked':
    case 'unit.unlinked':
      touched.links.add(dayOf(id));
      return;
    case 'forward.done':
      for (const { itemId } of entry.body.items) touched.receipts.add(dayOf(itemId));
      return;
    default:
      if (kind === 'docking') touched.dockings.add(dayOf(id));
  }
}

function stationRow(reader: Db, job: WriteJob, head: { seq: number; hash: string }): Row {
  const waiting = sql<{ waiting: number }>(reader, 'SELECT waiting FROM destination_totals WHERE destination_id = ?').get(job.destinationId);
  const oldest = sql<{ closed_at: string }>(
    reader,
    'SELECT u.closed_at FROM forward_queue q JOIN units u ON u.unit_id = q.unit_id WHERE q.destination_id = ? ORDER BY q.closed_seq LIMIT 1',
  ).get(job.destinationId);
  const docking = sql<{ started_at: string }>(reader, 'SELECT started_at FROM dockings ORDER BY docking_id DESC LIMIT 1').get();
  return {
    station_id: job.station.stationId,
    station_code: job.station.stationCode,
    agency_id: job.station.agencyId,
    destination_id: job.destinationId,
    format: CATALOGUE_FORMAT,
    written_at: job.writtenAt,
    head_seq: head.seq,
    head_hash: head.hash,
    sealed_seq: job.sealedSeq,
    items: totalOf(reader, 'ingest_totals', 'items'),
    size_bytes: totalOf(reader, 'ingest_totals', 'bytes'),
    waiting: waiting?.waiting ?? 0,
    waiting_since: oldest?.closed_at ?? null,
    last_docking_at: docking?.started_at ?? null,
  };
}
