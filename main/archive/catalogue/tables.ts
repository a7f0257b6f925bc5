/** How a column is kept: text, whole number, yes or no, or an instant in UTC. */
type ColumnType = 'text' | 'whole' | 'flag' | 'instant';

export type CatalogueTable = {
  name: string;
  columns: Readonly<Record<string, ColumnType>>;
  /** Statement for the station's database that gives the rows of one partition, in order. */
  rows: string;
};

/**
 * Tables with one file a station and day, by the UTC date in the UUIDv7 that `rows` takes a range of: that of the item, the
 * recording or the docking. It never changes, so what becomes known later stands in the same file.
 */
export const DAY_TABLES = [
  {
    name: 'recordings',
    columns: {
      unit_id: 'text',
      kind: 'text',
      camera_id: 'text',
      docking_id: 'text',
      officer_id: 'text',
      start_local: 'text',
      start_zone: 'text',
      start_source: 'text',
      duration_ms: 'whole',
      items: 'whole',
      size_bytes: 'whole',
      clips: 'whole',
      damaged: 'whole',
      continues: 'text',
      suggested_case_id: 'text',
      deadline: 'text',
      deadline_basis: 'text',
      recorded_earliest: 'instant',
      recorded_latest: 'instant',
      closed_at: 'instant',
      closed_seq: 'whole',
    },
    rows: `SELECT u.unit_id, u.kind, u.camera_id, u.docking_id, u.officer_id, u.start_local, u.start_zone, u.start_source, u.duration_ms,
      c.items, c.size_bytes, u.clips, u.damaged, u.continues, c.suggested_case_id, d.outcome AS deadline, d.basis AS deadline_basis,
      d.earliest AS recorded_earliest, d.latest AS recorded_latest, u.closed_at, u.closed_seq
      FROM units u JOIN catalogue c ON c.unit_id = u.unit_id LEFT JOIN deadlines d ON d.unit_id = u.unit_id
      WHERE u.unit_id >= ? AND u.unit_id < ? ORDER BY u.unit_id`,
  },
  {
    name: 'items',
    columns: {
      item_id: 'text',
      unit_id: 'text',
      role: 'text',
      camera_id: 'text',
      docking_id: 'text',
      officer_id: 'text',
      size_bytes: 'whole',
      sha256: 'text',
      sm3: 'text',
      media_kind: 'text',
      read_back: 'text',
      important: 'flag',
      damaged: 'flag',
      duration_ms: 'whole',
      stored_at: 'instant',
      stored_seq: 'whole',
    },
    rows: `SELECT i.item_id, g.unit_id, g.role, i.camera_id, i.docking_id, i.officer_id, i.size_bytes, i.sha256, i.sm3, i.media_kind, i.read_back,
      i.important, g.damaged, g.duration_ms, i.stored_at, i.stored_seq
      FROM items i LEFT JOIN unit_items g ON g.item_id = i.item_id WHERE i.item_id >= ? AND i.item_id < ? ORDER BY i.item_id`,
  },
  {
    name: 'receipts',
    columns: {
      item_id: 'text',
      destination_id: 'text',
      unit_id: 'text',
      sha256: 'text',
      size_bytes: 'whole',
      bag: 'text',
      manifest_sha256: 'text',
      confirmed_at: 'instant',
      seq: 'whole',
    },
    rows: `SELECT c.item_id, c.destination_id, c.unit_id, c.sha256, i.size_bytes, r.bag, r.manifest_sha256, r.at AS confirmed_at, r.seq
      FROM receipt_items c JOIN receipts r ON r.unit_id = c.unit_id AND r.destination_id = c.destination_id JOIN items i ON i.item_id = c.item_id
      WHERE c.item_id >= ? AND c.item_id < ? ORDER BY c.item_id, c.destination_id`,
  },
  {
    name: 'links',
    columns: { unit_id: 'text', case_id: 'text', stage: 'text', linked_at: 'instant', seq: 'whole' },
    rows: `SELECT l.unit_id, l.case_id, l.stage, e.at AS linked_at, l.seq FROM unit_links l JOIN entries e ON e.seq = l.seq
      WHERE l.unit_id >= ? AND l.unit_id < ? ORDER BY l.unit_id`,
  },
  {
    name: 'dockings',
    columns: {
      docking_id: 'text',
      camera_id: 'text',
      port: 'whole',
      state: 'text',
      files: 'whole',
      bytes: 'whole',
      stored: 'whole',
      stored_bytes: 'whole',
      seen_again: 'whole',
      refused: 'whole',
      failed: 'whole',
      safe: 'flag',
      removed: 'whole',
      clean: 'flag',
      started_at: 'instant',
      ended_at: 'instant',
    },
    rows: `SELECT docking_id, camera_id, port, state, files, bytes, stored, stored_bytes, seen_again, refused, failed, safe, removed, clean,
      started_at, ended_at FROM dockings WHERE docking_id >= ? AND docking_id < ? ORDER BY docking_id`,
  },
] as const satisfies readonly CatalogueTable[];
export type DayTable = (typeof DAY_TABLES)[number];

/** What a station's destination still lacks; one file a station. */
export const WAITING_TABLE = {
  name: 'waiting',
  columns: { unit_id: 'text', attempts: 'whole', reason: 'text', closed_at: 'instant', closed_seq: 'whole' },
  rows: `SELECT q.unit_id, q.attempts, q.reason, u.closed_at, q.closed_seq FROM forward_queue q JOIN units u ON u.unit_id = q.unit_id
    WHERE q.destination_id = ? ORDER BY q.closed_seq`,
} as const satisfies CatalogueTable;

/** The station as it was when it wrote its catalogue last; one row a station. */
export const STATION_TABLE = {
  name: 'stations',
  columns: {
    station_id: 'text',
    station_code: 'text',
    agency_id: 'text',
    destination_id: 'text',
    format: 'whole',
    written_at: 'instant',
    head_seq: 'whole',
    head_hash: 'text',
    sealed_seq: 'whole',
    items: 'whole',
    size_bytes: 'whole',
    waiting: 'whole',
    waiting_since: 'instant',
    last_docking_at: 'instant',
  },
} as const;

/** The files a station's catalogue is made of, written last: what is not listed here, or not so, is no part of it. */
export const FILES_TABLE = {
  name: 'files',
  columns: { key: 'text', rows: 'whole', size_bytes: 'whole', sha256: 'text' },
} as const;

/** What the list of stations needs of each, and what tells in which months something was confirmed. */
export const STATIONS_TABLES = [STATION_TABLE.name, 'recordings', FILES_TABLE.name];
export const CHANGED_TABLES = ['receipts', FILES_TABLE.name];

/** Raised when a column changes its meaning; new columns are added at the end without it. */
export const CATALOGUE_FORMAT = 1;

/** Below this prefix a destination holds the catalogues of all its stations. */
export const CATALOGUE = 'catalogue/';

/** Where a partition lies, in the way that engines read partitions from paths. */
export function keyOf(table: string, stationId: string, day: string | null): string {
  return `${CATALOGUE}${table}/station=${stationId}/${day === null ? '' : `day=${day}/`}${table}.parquet`;
}

const DAY_MS = 86_400_000;

/** The UTC date in a UUIDv7. */
export function dayOf(uuid: string): string {
  const at = new Date(Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16));
  return at.toISOString().slice(0, 10);
}

/** Bounds between which every UUIDv7 of a UTC date lies as text: from the first on, before the second. */
export function boundsOf(day: string): [string, string] {
  const start = Date.parse(`${day}T00:00:00.000Z`);
  const bound = (ms: number) => ms.toString(16).padStart(12, '0').replace(/^.{8}/, '$&-');
  return [bound(start), bound(start + DAY_MS)];
}
