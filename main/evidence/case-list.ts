import { ACTION_KINDS, type ActionKind, Stage } from '../contract/notice.ts';
import type { CaseSort } from '../contract/web/cases.ts';
import { type Db, sql } from '../store/index.ts';

/** A case with how much of it has been recorded. */
export type CaseListRow = {
  caseId: string;
  actionKind: ActionKind;
  startedAt: string | null;
  endedAt: string | null;
  officerIds: string[];
  recordings: number;
  /** Stages no recording is linked to, where the whole action must be recorded; else none is missing. */
  missingStages: Stage[];
};

type Row = { case_id: string; action_kind: ActionKind; started_at: string | null; ended_at: string | null };

const KEYS: Record<CaseSort, string> = {
  start: "coalesce(started_at, '')",
  recordings: '(SELECT count(*) FROM unit_links l WHERE l.case_id = cases.case_id)',
};

/**
 * A page of cases in the order of `sort`, by keyset. `only` narrows to the cases a search found; `incomplete` to those whose kind
 * of action must be recorded in full and that lack a recording for a stage (at most what four stages need).
 */
export function listCases(
  reader: Db,
  query: {
    only: readonly string[] | null;
    actionKind: ActionKind | undefined;
    incomplete: boolean | undefined;
    sort: CaseSort;
    descending: boolean;
    after: [string | number, string] | null;
    limit: number;
  },
): { rows: CaseListRow[]; next: [string | number, string] | null; total: number } {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const add = (text: string, ...given: unknown[]) => {
    conditions.push(text);
    values.push(...given);
  };
  if (query.only) add('case_id IN (SELECT value FROM json_each(?))', JSON.stringify(query.only));
  if (query.actionKind) add('action_kind = ?', query.actionKind);
  if (query.incomplete !== undefined) {
    const full = ActionKindsInFull.map((kind) => `'${kind}'`).join(', ');
    const stages = '(SELECT count(DISTINCT stage) FROM unit_links l WHERE l.case_id = cases.case_id AND stage IS NOT NULL)';
    add(`${query.incomplete ? '' : 'NOT '}(action_kind IN (${full}) AND ${stages} < ${Stage.options.length})`);
  }
  const where = (list: readonly string[]) => (list.length === 0 ? '' : `WHERE ${list.join(' AND ')}`);
  const { n } = sql<{ n: number }>(reader, `SELECT count(*) AS n FROM cases ${where(conditions)}`).get(...values) as { n: number };
  const key = KEYS[query.sort];
  const direction = query.descending ? 'DESC' : 'ASC';
  if (query.after) add(`(${key}, case_id) ${query.descending ? '<' : '>'} (?, ?)`, ...query.after);
  const rows = sql<Row & { sort_key: string | number }>(
    reader,
    `SELECT case_id, action_kind, started_at, ended_at, ${key} AS sort_key FROM cases ${where(conditions)}
     ORDER BY sort_key ${direction}, case_id ${direction} LIMIT ?`,
  ).all(...values, query.limit + 1);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    rows: page.map((row) => caseListRow(reader, row)),
    next: rows.length > query.limit && last ? [last.sort_key, last.case_id] : null,
    total: n,
  };
}

/** One case, or null. */
export function findCase(reader: Db, caseId: string): CaseListRow | null {
  const row = sql<Row>(reader, 'SELECT case_id, action_kind, started_at, ended_at FROM cases WHERE case_id = ?').get(caseId);
  return row ? caseListRow(reader, row) : null;
}

const ActionKindsInFull = Object.entries(ACTION_KINDS).flatMap(([kind, { recording }]) => (recording === 'full' ? [kind] : []));

function caseListRow(reader: Db, row: Row): CaseListRow {
  const links = sql<{ stage: Stage | null; n: number }>(reader, 'SELECT stage, count(*) AS n FROM unit_links WHERE case_id = ? GROUP BY stage').all(
    row.case_id,
  );
  const officers = sql<{ person_id: string }>(reader, 'SELECT person_id FROM case_officers WHERE case_id = ?').all(row.case_id);
  const recorded = new Set(links.map((link) => link.stage));
  return {
    caseId: row.case_id,
    actionKind: row.action_kind,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    officerIds: officers.map((one) => one.person_id),
    recordings: links.reduce((sum, link) => sum + link.n, 0),
    missingStages: ActionKindsInFull.includes(row.action_kind) ? Stage.options.filter((stage) => !recorded.has(stage)) : [],
  };
}
