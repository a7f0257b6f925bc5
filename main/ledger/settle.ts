import fs from 'node:fs';
import path from 'node:path';
import { done, failed, type Result } from '../contract/errors.ts';
import { type Db, fsyncFolder, sql } from '../store/index.ts';
import { frameOf, lineOf, type SealedBytes } from './canonical.ts';
import { headOf, insertEntry, mayFollow } from './insert.ts';
import type { Projection } from './projection.ts';
import { announcedKeyOf, listSealed, OPEN_SEGMENT, type OpenSegmentContent, readOpen, readSealed } from './segments.ts';

/** What the settlement at start found and repaired. All zero when the last stop was clean. */
export type Settlement = { cutBytes: number; rolledForward: number; rewritten: number };

/** First hash of a chain has nothing before it. */
export const GENESIS_PREV = '0'.repeat(64);

/**
 * Settles segments and database at start. The open segment is the write-ahead log: every whole, chain-valid line in it
 * (or in a sealed segment) that the database lacks is rolled forward; a torn last line is cut; entries that only the
 * database has are written back to the open segment. A group of which a power cut left a part with a hole in it is cut at
 * the hole: the database commits only after the flush, and knows nothing from there on. Anything else that does not chain
 * is `ledger.chain-broken` or `ledger.segment-damaged`, and nothing is changed.
 */
export function settle(folder: string, db: Db, projections: readonly Projection[]): Result<Settlement> {
  const sealed = listSealed(folder);
  const lastSealed = sealed.at(-1)?.last ?? 0;
  const open = readOpen(folder);
  if (open.brokenAt !== null && !wasNeverFlushed(open, db, lastSealed)) {
    return failed('ledger.segment-damaged', OPEN_SEGMENT, `line ${open.brokenAt} does not match its hash`);
  }
  const rolled = rollSealedForward(sealed, db, projections);
  if (!rolled.ok) return rolled;
  // A crash between sealing and emptying the open segment leaves the sealed entries in both; the sealed ones count.
  const tail = open.entries.filter((entry) => frameOf(entry).seq > lastSealed);
  const broken = rollForward(tail, db, projections);
  if (!broken.ok) return broken;
  const whole = entriesAfter(db, lastSealed);
  const present = new Set(tail.map((entry) => entry.hash));
  // Also one from the middle: a line that somebody took out is in the database still.
  const missing = whole.filter((entry) => !present.has(entry.hash));
  const stale = open.entries.length - tail.length;
  if (open.tornBytes > 0 || missing.length > 0 || stale > 0) rewriteOpen(folder, whole);
  return done({ cutBytes: open.tornBytes, rolledForward: rolled.value + broken.value, rewritten: missing.length });
}

/**
 * Whether the broken line is a hole in what was appended last, of which nobody was told that it is durable. Only a database
 * that knows the ledger can say so: one that was lost knows nothing, and behind a hole may be what it knew.
 */
function wasNeverFlushed(open: OpenSegmentContent, db: Db, lastSealed: number): boolean {
  if (!open.hasHole) return false;
  const head = headOf(db);
  if (!head) return lastSealed === 0 && open.entries.length <= 1;
  const last = open.entries.at(-1);
  return head.seq <= Math.max(last ? frameOf(last).seq : 0, lastSealed);
}

function rollSealedForward(sealed: ReturnType<typeof listSealed>, db: Db, projections: readonly Projection[]): Result<number> {
  let rolled = 0;
  for (const segment of sealed) {
    if (segment.last <= (headOf(db)?.seq ?? 0)) continue;
    const read = readSealed(segment, announcedKeyOf(db, segment.first));
    if (!read.ok) return read;
    const result = rollForward(read.value.entries, db, projections);
    if (!result.ok) return result;
    rolled += result.value;
  }
  return done(rolled);
}

/** Adds to the database the entries it lacks; each must chain to the one before, or equal the one already there. */
function rollForward(entries: readonly SealedBytes[], db: Db, projections: readonly Projection[]): Result<number> {
  let rolled = 0;
  const result = db.transaction((): Result<number> => {
    for (const sealed of entries) {
      const frame = frameOf(sealed);
      const head = headOf(db);
      if (frame.seq <= (head?.seq ?? 0)) {
        const known = sql<{ hash: string }>(db, 'SELECT hash FROM entries WHERE seq = ?').get(frame.seq);
        if (known?.hash !== sealed.hash) return failed('ledger.chain-broken', `entry ${frame.seq}`, 'segment and database differ');
        continue;
      }
      if (!mayFollow(head?.seq ?? 0, frame) || frame.prev !== (head?.hash ?? GENESIS_PREV)) {
        return failed('ledger.chain-broken', `entry ${frame.seq}`, 'does not follow the entry before it');
      }
      insertEntry(db, projections, sealed, frame);
      rolled += 1;
    }
    return done(rolled);
  })();
  return result;
}

function entriesAfter(db: Db, seq: number): SealedBytes[] {
  return sql<SealedBytes>(db, 'SELECT canonical, hash FROM entries WHERE seq > ? ORDER BY seq').all(seq);
}

/** Replaces the open segment as a whole, durably. */
export function rewriteOpen(folder: string, entries: readonly SealedBytes[]): void {
  const file = path.join(folder, OPEN_SEGMENT);
  const temporary = `${file}.tmp`;
  const fd = fs.openSync(temporary, 'w', 0o600);
  try {
    fs.writeFileSync(fd, entries.map((entry) => `${lineOf(entry)}\n`).join(''));
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(temporary, file);
  fsyncFolder(folder);
}
