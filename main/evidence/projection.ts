import { addTotal, type Projection, totalsTable } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';

/** People, cases, holds, links, marks, suggestions and deadlines. */
export const EVIDENCE_PROJECTION: Projection = {
  name: 'evidence',
  version: 5,
  tables: [
    {
      name: 'persons',
      orderBy: 'person_id',
      ddl: 'CREATE TABLE persons (person_id TEXT PRIMARY KEY, source TEXT NOT NULL, registered_at TEXT NOT NULL) STRICT',
    },
    {
      name: 'cases',
      orderBy: 'case_id',
      ddl: `CREATE TABLE cases (
        case_id TEXT PRIMARY KEY, action_kind TEXT NOT NULL, started_at TEXT, ended_at TEXT, imported_seq INTEGER NOT NULL) STRICT;
        CREATE INDEX cases_by_start ON cases (coalesce(started_at, ''), case_id)`,
    },
    {
      name: 'case_officers',
      orderBy: 'case_id, person_id',
      ddl: `CREATE TABLE case_officers (case_id TEXT NOT NULL, person_id TEXT NOT NULL, PRIMARY KEY (case_id, person_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX case_officers_by_person ON case_officers (person_id)`,
    },
    {
      name: 'evidence_units',
      orderBy: 'unit_id',
      ddl: `CREATE TABLE evidence_units (
        unit_id TEXT PRIMARY KEY, officer_id TEXT, start_local TEXT, start_zone TEXT, duration_ms INTEGER) STRICT;
        CREATE INDEX evidence_units_by_officer ON evidence_units (officer_id)`,
    },
    {
      name: 'unit_links',
      orderBy: 'unit_id',
      ddl: `CREATE TABLE unit_links (unit_id TEXT PRIMARY KEY, case_id TEXT NOT NULL, stage TEXT, seq INTEGER NOT NULL) STRICT;
        CREATE INDEX unit_links_by_case ON unit_links (case_id)`,
    },
    {
      name: 'held_cases',
      orderBy: 'case_id',
      ddl: `CREATE TABLE held_cases (
        case_id TEXT PRIMARY KEY, hold_id TEXT NOT NULL, by_kind TEXT NOT NULL, by_id TEXT NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID`,
    },
    {
      name: 'unit_marks',
      orderBy: 'mark_id',
      ddl: `CREATE TABLE unit_marks (
        mark_id TEXT PRIMARY KEY, unit_id TEXT NOT NULL, kind TEXT NOT NULL, item_id TEXT NOT NULL, offset_ms INTEGER NOT NULL,
        person_id TEXT NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX unit_marks_by_unit ON unit_marks (unit_id)`,
    },
    {
      name: 'link_suggestions',
      orderBy: 'unit_id, case_id',
      ddl: `CREATE TABLE link_suggestions (
        unit_id TEXT NOT NULL, case_id TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (unit_id, case_id)) STRICT, WITHOUT ROWID`,
    },
    {
      name: 'deadlines',
      orderBy: 'unit_id',
      ddl: `CREATE TABLE deadlines (
        unit_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, basis TEXT NOT NULL, earliest TEXT, latest TEXT NOT NULL,
        stored_at TEXT NOT NULL) STRICT`,
    },
    totalsTable('evidence_totals'),
  ],
  reducers: {
    'person.registered': (db, { subject, body, at }) => {
      sql(db, 'INSERT OR IGNORE INTO persons VALUES (?, ?, ?)').run(subject.id, body.source, at);
    },
    'case.imported': (db, { subject, body, refs, seq }) => {
      sql(db, 'INSERT OR REPLACE INTO cases VALUES (?, ?, ?, ?, ?)').run(subject.id, body.actionKind, body.startedAt, body.endedAt, seq);
      sql(db, 'DELETE FROM case_officers WHERE case_id = ?').run(subject.id);
      for (const ref of refs) if (ref.kind === 'person') sql(db, 'INSERT INTO case_officers VALUES (?, ?)').run(subject.id, ref.id);
    },
    'unit.closed': (db, { subject, body, refs }) => {
      sql(db, 'INSERT INTO evidence_units VALUES (?, ?, ?, ?, ?)').run(
        subject.id,
        refs.find((ref) => ref.kind === 'person')?.id ?? null,
        body.start?.local ?? null,
        body.start?.zone ?? null,
        body.durationMs,
      );
    },
    'unit.linked': (db, { subject, body, seq }) => link(db, subject.id, body.caseId, body.stage, seq),
    'unit.unlinked': (db, { subject }) => {
      const { changes } = sql(db, 'DELETE FROM unit_links WHERE unit_id = ?').run(subject.id);
      if (changes > 0) countLinked(db, subject.id, -1);
    },
    'case.held': (db, { subject, body, actor, at }) => {
      sql(db, 'INSERT OR REPLACE INTO held_cases VALUES (?, ?, ?, ?, ?)').run(subject.id, body.holdId, actor.kind, actor.id, at);
    },
    'case.released': (db, { subject }) => {
      sql(db, 'DELETE FROM held_cases WHERE case_id = ?').run(subject.id);
    },
    'unit.marked': (db, { subject, body, actor, at }) => {
      sql(db, 'INSERT INTO unit_marks VALUES (?, ?, ?, ?, ?, ?, ?)').run(
        body.markId,
        subject.id,
        body.kind,
        body.itemId,
        body.offsetMs,
        actor.id,
        at,
      );
    },
    'unit.unmarked': (db, { body }) => {
      sql(db, 'DELETE FROM unit_marks WHERE mark_id = ?').run(body.markId);
    },
    'link.suggested': (db, { subject, body, seq }) => {
      const { changes } = sql(db, 'INSERT OR IGNORE INTO link_suggestions VALUES (?, ?, ?)').run(subject.id, body.caseId, seq);
      if (!isLinked(db, subject.id)) addTotal(db, 'evidence_totals', 'suggested', changes);
    },
    'deadline.settled': (db, { subject, body }) => {
      const former = sql<{ outcome: string }>(db, 'SELECT outcome FROM deadlines WHERE unit_id = ?').get(subject.id);
      if (former) addTotal(db, 'evidence_totals', former.outcome, -1);
      addTotal(db, 'evidence_totals', body.outcome);
      sql(db, 'INSERT OR REPLACE INTO deadlines VALUES (?, ?, ?, ?, ?, ?)').run(
        subject.id,
        body.outcome,
        body.basis,
        body.earliest,
        body.latest,
        body.storedAt,
      );
    },
  },
};

function link(db: Db, unitId: string, caseId: string, stage: string | null, seq: number): void {
  if (!isLinked(db, unitId)) countLinked(db, unitId, 1);
  sql(db, 'INSERT OR REPLACE INTO unit_links VALUES (?, ?, ?, ?)').run(unitId, caseId, stage, seq);
}

function isLinked(db: Db, unitId: string): boolean {
  return sql(db, 'SELECT 1 FROM unit_links WHERE unit_id = ?').get(unitId) !== undefined;
}

/** One unit more is linked, or one fewer; what was suggested for it is no longer open, or is again. */
function countLinked(db: Db, unitId: string, n: 1 | -1): void {
  const suggestions = sql<{ n: number }>(db, 'SELECT count(*) AS n FROM link_suggestions WHERE unit_id = ?').get(unitId)?.n ?? 0;
  addTotal(db, 'evidence_totals', 'linked', n);
  addTotal(db, 'evidence_totals', 'suggested', -n * suggestions);
}
