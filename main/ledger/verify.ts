import path from 'node:path';
import { type Failure, failed } from '../contract/errors.ts';
import { type Db, sql } from '../store/index.ts';
import { frameOf, hashCanonical, type SealedBytes } from './canonical.ts';
import { announcedKeyOf, listSealed, readOpen, readSealed } from './segments.ts';
import { GENESIS_PREV } from './settle.ts';

/** What a check of the ledger found; no violations means chain, database and segments say the same. */
export type LedgerCheck = { entries: number; segments: number; violations: Failure[] };

/** Recomputes every hash of the ledger in database and segments and compares the two, entry by entry. Changes nothing. */
export function verifyLedger(folder: string, db: Db): LedgerCheck {
  const violations: Failure[] = [];
  const entries = verifyChain(db, violations);
  const sealed = listSealed(folder);
  let expected = 1;
  for (const segment of sealed) {
    if (segment.first !== expected) {
      violations.push(
        failed('ledger.segment-damaged', path.basename(segment.file), `entries ${expected} to ${segment.first - 1} are missing`).failure,
      );
    }
    expected = segment.last + 1;
    const read = readSealed(segment, announcedKeyOf(db, segment.first));
    if (!read.ok) violations.push(read.failure);
    else compare(db, read.value.entries, violations);
  }
  const open = readOpen(folder);
  if (open.brokenAt !== null) violations.push(failed('ledger.segment-damaged', 'open.jsonl', `line ${open.brokenAt}`).failure);
  compare(db, open.entries, violations);
  for (const seq of missingIn(open.entries, expected)) {
    violations.push(failed('ledger.segment-damaged', 'open.jsonl', `entry ${seq} is missing`).failure);
  }
  const covered = Math.max(expected - 1, ...open.entries.map((entry) => frameOf(entry).seq));
  if (covered < entries)
    violations.push(failed('ledger.segment-damaged', 'open.jsonl', `entries ${covered + 1} to ${entries} are in no segment`).failure);
  return { entries, segments: sealed.length, violations };
}

/** Numbers left out between the first that the open segment must hold and its last. */
function missingIn(entries: readonly SealedBytes[], first: number): number[] {
  const present = new Set(entries.map((entry) => frameOf(entry).seq));
  const last = Math.max(first - 1, ...present);
  return Array.from({ length: last - first + 1 }, (_, n) => first + n).filter((seq) => !present.has(seq));
}

function verifyChain(db: Db, violations: Failure[]): number {
  let prev = GENESIS_PREV;
  let seq = 0;
  for (const row of db.prepare('SELECT canonical, hash FROM entries ORDER BY seq').iterate() as Iterable<SealedBytes>) {
    const frame = frameOf(row);
    seq += 1;
    const what = `entry ${frame.seq}`;
    if (hashCanonical(row.canonical) !== row.hash) violations.push(failed('ledger.chain-broken', what, 'hash differs').failure);
    if (frame.seq !== seq || frame.prev !== prev) violations.push(failed('ledger.chain-broken', what, 'does not follow').failure);
    seq = frame.seq;
    prev = row.hash;
  }
  return seq;
}

function compare(db: Db, entries: readonly SealedBytes[], violations: Failure[]): void {
  for (const entry of entries) {
    const { seq } = frameOf(entry);
    const known = sql<{ hash: string }>(db, 'SELECT hash FROM entries WHERE seq = ?').get(seq);
    if (known?.hash !== entry.hash) {
      violations.push(failed('ledger.chain-broken', `entry ${seq}`, 'segment and database differ').failure);
    }
  }
}
