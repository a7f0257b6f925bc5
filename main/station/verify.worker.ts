import { parentPort, workerData } from 'node:worker_threads';
import type { Failure } from '../contract/errors.ts';
import { failed } from '../contract/errors.ts';
import { type LedgerCheck, rebuildInto, tableDigests, verifyLedger } from '../ledger/index.ts';
import { type Db, findDamage, openReader } from '../store/index.ts';
import { PROJECTIONS } from './projections.ts';

/** What is checked: the database, the folder of the ledger's segments, and whether every index entry is looked at. */
export type RecordsJob = { database: string; ledger: string; full: boolean };
export type RecordsCheck = LedgerCheck & { damaged: boolean };
/** `entries` of `ofEntries` are done, counting what is done to each of them as a third of it: hashed, compared, replayed. */
export type RecordsEvent = { entries: number; ofEntries: number } | RecordsCheck | { failure: Failure };

/** Entries between two words about how far it is, each counted once for everything that is done to it. */
const TELL_EVERY = 500;
const PASSES = 3;

const { database, ledger, full } = workerData as RecordsJob;
const tell = (event: RecordsEvent) => parentPort?.postMessage(event);

const opened = openReader(database);
if (opened.ok) {
  // Everything is read as it was at one moment, whatever is appended meanwhile.
  opened.value.exec('BEGIN');
  tell(check(opened.value));
  opened.value.close();
} else tell({ failure: opened.failure });

function check(db: Db): RecordsCheck {
  const damage = findDamage(db, database, full);
  if (damage) return { damaged: true, entries: 0, segments: 0, violations: [damage] };
  const { n: ofEntries } = db.prepare('SELECT count(*) AS n FROM entries').get() as { n: number };
  let passed = 0;
  const onEntry = () => {
    passed += 1;
    if (passed % TELL_EVERY === 0) tell({ entries: Math.floor(passed / PASSES), ofEntries });
  };
  tell({ entries: 0, ofEntries });
  const { violations, ...chain } = verifyLedger(ledger, db, onEntry);
  const found = [...violations, ...differingTables(db, onEntry)];
  tell({ entries: ofEntries, ofEntries });
  return { damaged: false, ...chain, violations: found };
}

function differingTables(db: Db, onEntry: () => void): Failure[] {
  const replayed = rebuildInto(db, PROJECTIONS, onEntry);
  const expected = tableDigests(replayed, PROJECTIONS);
  const live = tableDigests(db, PROJECTIONS);
  replayed.close();
  return Object.keys(expected)
    .filter((table) => expected[table]?.digest !== live[table]?.digest)
    .map((table) => failed('projection.differs', table, `${expected[table]?.rows} rows by the ledger, ${live[table]?.rows} here`).failure);
}
