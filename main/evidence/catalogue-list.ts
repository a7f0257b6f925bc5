import type { z } from 'zod';
import type { RecordingFilter, RecordingSort } from '../contract/web/recordings.ts';
import { type Db, readCursor, sql, writeCursor } from '../store/index.ts';

/** A row of the catalogue as the table has it. */
export type CatalogueRow = {
  unit_id: string;
  kind: 'recording' | 'loose' | 'docking';
  camera_id: string;
  officer_id: string | null;
  docking_id: string;
  sort_at: string;
  start_local: string | null;
  duration_ms: number | null;
  size_bytes: number;
  items: number;
  clips: number;
  damaged: number;
  important: number;
  case_id: string | null;
  stage: string | null;
  suggested_case_id: string | null;
  deadline: string | null;
  receipts: number;
  poster_item: string | null;
  closed_at: string;
};

/** Ids that the words of a search stand for; one set of alternatives per word, all words have to match. */
export type SearchIds = { officers: string[]; cases: string[]; cameras: string[]; idPrefix: string | null }[];

/** What a list is narrowed to, with the ids that stand for one camera and for one unit's officers. */
export type CatalogueFilter = Omit<RecordingFilter, 'search' | 'cameraId' | 'unit'> & { cameraIds?: string[]; officerIds?: string[] };

type Sort = z.infer<typeof RecordingSort>;
type Condition = { text: string; values: unknown[] };

const SORTS: Record<Sort, { column: 'sort_at' | 'duration_ms' | 'size_bytes'; direction: 'ASC' | 'DESC'; index: string }> = {
  newest: { column: 'sort_at', direction: 'DESC', index: 'catalogue_by_start' },
  oldest: { column: 'sort_at', direction: 'ASC', index: 'catalogue_by_start' },
  longest: { column: 'duration_ms', direction: 'DESC', index: 'catalogue_by_length' },
  shortest: { column: 'duration_ms', direction: 'ASC', index: 'catalogue_by_length' },
  largest: { column: 'size_bytes', direction: 'DESC', index: 'catalogue_by_size' },
  smallest: { column: 'size_bytes', direction: 'ASC', index: 'catalogue_by_size' },
};

/** Totals above this are not counted out: nobody reads them, and counting would cost more than the page. */
const MAX_COUNTED = 10_000;

export type CataloguePage = { rows: CatalogueRow[]; next: string | null; total: number | null };

/** Stands in a cursor for a length that nobody knows; no length is a text. */
const UNKNOWN = '';

/**
 * A page of the catalogue by keyset: the cursor holds the last row's sort value and id, so a page costs the same however
 * far down it is, and rows that arrive meanwhile shift nothing. What has no length comes last, whichever way lengths are put
 * in order. `total` is null for more than 10,000.
 */
export function listCatalogue(
  reader: Db,
  query: { filter: CatalogueFilter; search: SearchIds; sort: Sort; cursor: string | null; limit: number },
): CataloguePage {
  const conditions = [...filterConditions(query.filter), ...query.search.map(searchCondition)];
  const { column, direction, index } = SORTS[query.sort];
  const rare = rareIndex(query.filter);
  const filtered = rare ?? unlinkedIndex(query.filter) ?? 'catalogue';
  const total = countUpTo(reader, filtered, conditions);
  const hasUnknown = column === 'duration_ms';
  const sorted = hasUnknown ? countUpTo(reader, filtered, [...conditions, { text: `+${column} IS NOT NULL`, values: [] }]) : total;
  const { from, key } = rare
    ? { from: rare, key: column === 'sort_at' ? column : `+${column}` }
    : planOf({ column, index, total: sorted, filtered, isSearch: isOpen(query) });
  const after = readCursor(query.cursor);
  const beyond = direction === 'DESC' ? '<' : '>';
  const read = (more: Condition[], order: string, limit: number) => {
    const where = whereOf([...conditions, ...more]);
    return sql<CatalogueRow>(reader, `SELECT * FROM ${from} ${where.text} ORDER BY ${order} ${direction} LIMIT ?`).all(...where.values, limit);
  };
  const wanted = query.limit + 1;
  const rows: CatalogueRow[] = [];
  if (after?.[0] !== UNKNOWN) {
    const known = hasUnknown ? [{ text: `${key} IS NOT NULL`, values: [] }] : [];
    const below = after ? [{ text: `(${key}, unit_id) ${beyond} (?, ?)`, values: after }] : [];
    rows.push(...read([...known, ...below], `${key} ${direction}, unit_id`, wanted));
  }
  if (hasUnknown && rows.length < wanted) {
    const id = key.startsWith('+') ? '+unit_id' : 'unit_id';
    const below = after?.[0] === UNKNOWN ? [{ text: `unit_id ${beyond} ?`, values: [after[1]] }] : [];
    rows.push(...read([{ text: `${key} IS NULL`, values: [] }, ...below], id, wanted - rows.length));
  }
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const next = rows.length > query.limit && last ? writeCursor([last[column] ?? UNKNOWN, last.unit_id]) : null;
  return { rows: page, next, total: query.cursor === null ? total : null };
}

/**
 * The index, in order of time, of what there is little of: damaged, late, or still to be archived. SQLite would rather
 * take any index on an equality, though a fifth of all recordings are equal in having no case. Null where none of these
 * is asked for, and for one case or docking, of which there are still fewer.
 */
function rareIndex({ damaged, deadline, archived, caseId, dockingId }: CatalogueFilter): string | null {
  if (caseId !== undefined || dockingId !== undefined) return null;
  if (archived === false) return 'catalogue INDEXED BY catalogue_waiting';
  if (damaged === true) return 'catalogue INDEXED BY catalogue_damaged';
  return deadline === 'late' || deadline === 'undetermined' ? 'catalogue INDEXED BY catalogue_by_deadline' : null;
}

/**
 * The index of what some officers have not linked, with the length that the longest need: a unit's are counted without
 * looking at a row. SQLite would count along everything that has no case instead. Null where that is not asked for, and for one case or docking.
 */
function unlinkedIndex({ linked, officerId, officerIds, caseId, dockingId }: CatalogueFilter): string | null {
  if (linked !== false || (officerId ?? officerIds) === undefined || caseId !== undefined || dockingId !== undefined) return null;
  return 'catalogue INDEXED BY catalogue_unlinked';
}

/**
 * How SQLite is to find the page; it knows neither how many rows a filter leaves nor that a page is short. Many: along the
 * index of the order, a page is soon full. Few: by the filter's index, then sorted (a `+` keeps a column from its index).
 * Filters by one thing have an index in order of time, which SQLite finds by itself.
 */
function planOf(query: { column: string; index: string; total: number | null; filtered: string; isSearch: boolean }): { from: string; key: string } {
  const isByTime = query.column === 'sort_at';
  if (query.total === null) return { from: isByTime && !query.isSearch ? query.filtered : `catalogue INDEXED BY ${query.index}`, key: query.column };
  return { from: query.filtered, key: isByTime && !query.isSearch ? query.column : `+${query.column}` };
}

/** Whether alternatives decide which rows are found: no index has those in order of time. */
function isOpen({ filter, search }: { filter: CatalogueFilter; search: SearchIds }): boolean {
  return search.length > 0 || [filter.cameraIds, filter.officerIds].some((ids) => ids !== undefined && ids.length !== 1);
}

/** One unit's row, or null. */
export function catalogueRow(reader: Db, unitId: string): CatalogueRow | null {
  return sql<CatalogueRow>(reader, 'SELECT * FROM catalogue WHERE unit_id = ?').get(unitId) ?? null;
}

function countUpTo(reader: Db, from: string, conditions: readonly Condition[]): number | null {
  const where = whereOf(conditions);
  const { n } = sql<{ n: number }>(reader, `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} ${where.text} LIMIT ${MAX_COUNTED + 1})`).get(
    ...where.values,
  ) as { n: number };
  return n > MAX_COUNTED ? null : n;
}

function whereOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { text: '', values: [] };
  return { text: `WHERE ${conditions.map((one) => one.text).join(' AND ')}`, values: conditions.flatMap((one) => one.values) };
}

function filterConditions(filter: CatalogueFilter): Condition[] {
  const conditions: Condition[] = [];
  const equals = (column: string, value: string | undefined) => {
    if (value !== undefined) conditions.push({ text: `${column} = ?`, values: [value] });
  };
  const within = (column: string, ids: string[] | undefined) => {
    if (ids?.length === 1) equals(column, ids[0]);
    else if (ids !== undefined) conditions.push(anyOf(column, ids));
  };
  const either = (value: boolean | undefined, yes: string, no: string) => {
    if (value !== undefined) conditions.push({ text: value ? yes : no, values: [] });
  };
  equals('kind', filter.kind);
  equals('officer_id', filter.officerId);
  equals('case_id', filter.caseId);
  equals('docking_id', filter.dockingId);
  within('camera_id', filter.cameraIds);
  within('officer_id', filter.officerIds);
  equals('stage', filter.stage);
  equals('deadline', filter.deadline);
  // Said as the partial index says it, or SQLite could not see that the index holds them all.
  if (filter.deadline !== undefined && filter.deadline !== 'on-time') conditions.push({ text: "deadline <> 'on-time'", values: [] });
  either(filter.damaged, 'damaged > 0', 'damaged = 0');
  either(filter.linked, 'case_id IS NOT NULL', 'case_id IS NULL');
  either(filter.archived, 'receipts > 0', 'receipts = 0');
  if (filter.from !== undefined) conditions.push({ text: 'sort_at >= ?', values: [filter.from] });
  if (filter.to !== undefined) conditions.push({ text: 'sort_at < ?', values: [filter.to] });
  return conditions;
}

function anyOf(column: string, ids: readonly string[]): Condition {
  return { text: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(ids)] };
}

function searchCondition({ officers, cases, cameras, idPrefix }: SearchIds[number]): Condition {
  const alternatives: Condition[] = [anyOf('officer_id', officers), anyOf('case_id', cases), anyOf('camera_id', cameras)];
  if (idPrefix !== null) alternatives.push({ text: '(unit_id >= ? AND unit_id < ?)', values: [idPrefix, `${idPrefix}g`] });
  return { text: `(${alternatives.map((one) => one.text).join(' OR ')})`, values: alternatives.flatMap((one) => one.values) };
}
