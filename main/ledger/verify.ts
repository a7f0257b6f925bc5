import path from 'node:path';
import { type Failure, failed } from '../contract/errors.ts';
import { type Db, sql } from '../store/index.ts';
import { frameOf, hashCanonical, type SealedBytes } from './canonical.ts';
import { mayFollow } from './insert.ts';
import { announcedKeyOf, listSealed, readOpen, readSealed } from './segments.ts';
import { GENESIS_PREV } from './settle.ts';

/** What a check of the ledger found; no violations means chain, database and segments say the same. */
export type LedgerCheck = { entries: number; segments: number; violations: Failure[] };

/**
 * Recomputes every hash of the ledger in database and segments and compares the two, entry by entry. Changes nothing. Entries
 * may be appended and segments sealed meanwhile when `db` is within a read transaction: what is newer than that is left out.
 * `onEntry` is called for each entry of either.
 */
export function verifyLedger(folder: string, db: Db, onEntry: () => void = () => undefined): LedgerCheck {
  const violations: Failure[] = [];
  const entries = verifyChain(db, violations, onEntry);
  const head = (db.prepare('SELECT max(seq) AS seq FROM entries').get() as { seq: number | null }).seq ?? 0;
  let covered = 0;
  let segments = 0;
  let open = readOpen(folder);
  for (let sealed = listSealed(folder); sealed.length > segments; sealed = listSealed(folder)) {
    for (const segment of sealed.slice(segments)) {
      const name = path.basename(segment.file);
      for (const gap of gapsIn(db, covered, segment.first, new Set())) violations.push(failed('ledger.segment-damaged', name, gap).failure);
      covered = segment.last;
      const read = readSealed(segment, announcedKeyOf(db, segment.first));
      if (!read.ok) violations.push(read.failure);
      else compare(db, head, read.value.entries, violations, onEntry);
    }
    segments = sealed.length;
    // What it held before may lie in a segment by now that was sealed since, which is looked for again.
    open = readOpen(folder);
  }
  if (open.brokenAt !== null) violations.push(failed('ledger.segment-damaged', 'open.jsonl', `line ${open.brokenAt}`).failure);
  compare(db, head, open.entries, violations, onEntry);
  const present = new Set(open.entries.map((entry) => frameOf(entry).seq));
  for (const gap of gapsIn(db, covered, Number.MAX_SAFE_INTEGER, present))
    violations.push(failed('ledger.segment-damaged', 'open.jsonl', gap).failure);
  return { entries, segments, violations };
}

/** Runs of entries between two numbers (both left out) that the database has and `present` has not, in words. */
function gapsIn(db: Db, after: number, before: number, present: ReadonlySet<number>): string[] {
  const missing = sql<{ seq: number }>(db, 'SELECT seq FROM entries WHERE seq > ? AND seq < ? ORDER BY seq')
    .all(after, before)
    .map((row) => row.seq)
    .filter((seq) => !present.has(seq));
  const runs: { first: number; last: number }[] = [];
  for (const seq of missing) {
    const run = runs.at(-1);
    if (run && seq === run.last + 1) run.last = seq;
    else runs.push({ first: seq, last: seq });
  }
  return runs.map(({ first, last }) => (first === last ? `entry ${first} is missing` : `entries ${first} to ${last} are missing`));
}

function verifyChain(db: Db, violations: Failure[], onEntry: () => void): number {
  let prev = GENESIS_PREV;
  let seq = 0;
  let entries = 0;
  for (const row of db.prepare('SELECT canonical, hash FROM entries ORDER BY seq').iterate() as Iterable<SealedBytes>) {
    const frame = frameOf(row);
    entries += 1;
    onEntry();
    const what = `entry ${frame.seq}`;
    if (hashCanonical(row.canonical) !== row.hash) violations.push(failed('ledger.chain-broken', what, 'hash differs').failure);
    if (!mayFollow(seq, frame) || frame.prev !== prev) violations.push(failed('ledger.chain-broken', what, 'does not follow').failure);
    seq = frame.seq;
    prev = row.hash;
  }
  return entries;
}

function compare(db: Db, head: number, entries: readonly SealedBytes[], violations: Failure[], onEntry: () => void): void {
  for (const entry of entries) {
    const { seq } = frameOf(entry);
    if (seq > head) continue;
    onEntry();
    const known = sql<{ hash: string }>(db, 'SELECT hash FROM entries WHERE seq = ?').get(seq);
    if (known?.hash !== entry.hash) {
      violations.push(failed('ledger.chain-broken', `entry ${seq}`, 'segment and database differ').failure);
    }
  }
}
