import type { Entry } from '../contract/entries/index.ts';
import type { Projection } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';

/** Reconciliations whose result is kept, and the explanations that hold now. */
export const RECONCILIATION_PROJECTION: Projection = {
  name: 'reconciliation',
  version: 3,
  tables: [
    {
      name: 'reconciliations',
      orderBy: 'reconciliation_id',
      ddl: `CREATE TABLE reconciliations (
        reconciliation_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, destination_id TEXT, actor_kind TEXT NOT NULL,
        actor_id TEXT NOT NULL, differences INTEGER NOT NULL, differs INTEGER NOT NULL, explained INTEGER NOT NULL,
        result_sha256 TEXT NOT NULL) STRICT`,
    },
    {
      name: 'archive_reconciliations',
      orderBy: 'reconciliation_id',
      ddl: `CREATE TABLE archive_reconciliations (
        reconciliation_id TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, at TEXT NOT NULL, destination_id TEXT NOT NULL,
        result_sha256 TEXT NOT NULL) STRICT;
        CREATE INDEX archive_reconciliations_by_destination ON archive_reconciliations (destination_id, seq)`,
    },
    {
      name: 'explanations',
      orderBy: 'explanation_id',
      ddl: `CREATE TABLE explanations (
        explanation_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, subject_kind TEXT NOT NULL, subject_id TEXT NOT NULL,
        destination_id TEXT, actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL, digest TEXT NOT NULL) STRICT`,
    },
  ],
  reducers: {
    'reconciliation.done': (db, { seq, at, actor, body }) => {
      if (!body.result) return;
      sql(db, 'INSERT INTO reconciliations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
        body.result.id,
        seq,
        at,
        body.destinationId,
        actor.kind,
        actor.id,
        body.missing + body.differs + body.extra,
        body.differs,
        body.result.explained,
        body.result.sha256,
      );
    },
    'archive.reconciled': (db, { seq, at, body }) => {
      sql(db, 'INSERT INTO archive_reconciliations VALUES (?, ?, ?, ?, ?)').run(body.result.id, seq, at, body.destinationId, body.result.sha256);
    },
    'difference.explained': noteExplanation,
    'archive.difference-explained': noteExplanation,
    'difference.reopened': (db, { body }) => {
      sql(db, 'DELETE FROM explanations WHERE explanation_id = ?').run(body.explanationId);
    },
  },
};

function noteExplanation(db: Db, { seq, at, subject, actor, body }: Entry<'difference.explained' | 'archive.difference-explained'>): void {
  sql(db, 'INSERT INTO explanations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
    body.explanationId,
    seq,
    at,
    subject.kind,
    subject.id,
    body.destinationId,
    actor.kind,
    actor.id,
    body.digest,
  );
}
