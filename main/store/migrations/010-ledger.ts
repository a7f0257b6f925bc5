/** The ledger itself: canonical bytes and hash of every entry, with the columns that queries need beside them. */
export const migration010 = {
  number: 10,
  sql: `
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at TEXT NOT NULL,
  type TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  cause_consumer TEXT,
  cause_seq INTEGER,
  cause_step TEXT,
  canonical TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE INDEX entries_by_subject ON entries (subject_kind, subject_id, seq);
CREATE INDEX entries_by_type ON entries (type, seq);
CREATE UNIQUE INDEX entries_by_cause ON entries (cause_consumer, cause_seq, cause_step) WHERE cause_consumer IS NOT NULL;

CREATE TABLE entry_refs (
  seq INTEGER NOT NULL REFERENCES entries (seq),
  n INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_refs_by_thing ON entry_refs (kind, id, seq);

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entry_refs_no_update BEFORE UPDATE ON entry_refs BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entry_refs_no_delete BEFORE DELETE ON entry_refs BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE projections (
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT;
`,
};
