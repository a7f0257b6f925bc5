import type { Projection } from '../ledger/index.ts';
import { sql } from '../store/index.ts';

/** Who may do what. Names, numbers and PIN hashes are in private records. */
export const IDENTITY_PROJECTION: Projection = {
  name: 'identity',
  version: 1,
  tables: [
    {
      name: 'access',
      orderBy: 'person_id',
      ddl: `CREATE TABLE access (
        person_id TEXT PRIMARY KEY, roles TEXT NOT NULL, one_time INTEGER NOT NULL, seq INTEGER NOT NULL) STRICT`,
    },
  ],
  reducers: {
    'access.given': (db, { subject, body, seq }) => {
      sql(db, 'INSERT OR REPLACE INTO access VALUES (?, ?, ?, ?)').run(subject.id, JSON.stringify(body.roles), body.oneTime ? 1 : 0, seq);
    },
    'pin.changed': (db, { subject, seq }) => {
      sql(db, 'UPDATE access SET one_time = 0, seq = ? WHERE person_id = ?').run(seq, subject.id);
    },
  },
};
