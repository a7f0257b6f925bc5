import fs from 'node:fs';
import path from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import type { Draft, EntryFrame } from '../contract/entries/index.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import { type Db, damageIn, isSqliteError, type PrivateRecord, type PrivateRecords, sql } from '../store/index.ts';
import { frameOf, lineOf, type SealedBytes, sealFrame, type UnhashedFrame } from './canonical.ts';
import { headOf, insertEntry, mayFollow } from './insert.ts';
import type { Projection } from './projection.ts';
import { OPEN_SEGMENT, type SealedName, writeSealed } from './segments.ts';
import { GENESIS_PREV, rewriteOpen } from './settle.ts';
import type { StationKey } from './station-key.ts';

/** One command's wish: these entries together or none, with the private records they speak of. */
export type AppendRequest = { drafts: readonly Draft[]; records: readonly PrivateRecord[] };

export type Writer = {
  /**
   * Appends many requests as one group: private records, then the open segment, then the database, each flushed before
   * the next. When it returns, all of them are durable. An entry whose cause is on the ledger already is not written
   * again; the one there is returned in its place.
   */
  append(requests: readonly AppendRequest[]): Result<EntryFrame[][]>;
  /** Seals the open segment; null when it holds nothing. A seal that failed is tried again with the next one. */
  seal(): Result<SealedName | null>;
  /** Entries in the open segment. */
  openCount(): number;
  close(): void;
};

export type WriterOptions = {
  station: string;
  folder: string;
  db: Db;
  records: PrivateRecords;
  projections: readonly Projection[];
  key: StationKey;
};

/** The one writer of a ledger whose segments and database have been settled. */
export function createWriter(options: WriterOptions): Writer {
  const { folder, db } = options;
  let open = loadOpen(options);
  const fd = fs.openSync(path.join(folder, OPEN_SEGMENT), 'a', 0o600);
  let head = headOf(db);
  /** Set when segment and database may differ; nothing is appended until a restart has settled them. */
  let halted: string | null = null;

  function append(requests: readonly AppendRequest[]): Result<EntryFrame[][]> {
    if (halted) return failed('ledger.write-failed', 'ledger', halted);
    const group = prepareGroup(options, head, requests);
    const fresh = group.flat().filter((made) => made.fresh);
    try {
      options.records.put(requests.flatMap((request) => [...request.records]));
    } catch (error) {
      return failed('ledger.write-failed', 'private records', String(error));
    }
    if (fresh.length > 0) {
      const failure = commit(fresh);
      if (failure) return failure;
    }
    return done(group.map((made) => made.map((one) => one.frame)));
  }

  /**
   * The reducers run first, in a transaction still open: an entry they cannot take is refused before it is anywhere.
   * Then the segment is appended and flushed, and only then the transaction commits. A disk that was full before anything
   * was durable leaves nothing behind, and a later append may succeed.
   */
  function commit(fresh: readonly Made[]) {
    try {
      db.exec('BEGIN IMMEDIATE');
      let seq = head?.seq ?? 0;
      for (const made of fresh) {
        if (!mayFollow(seq, made.frame)) throw new Error(`entry ${made.frame.seq} may not follow entry ${seq}`);
        insertEntry(db, options.projections, made.sealed, made.frame);
        seq = made.frame.seq;
      }
    } catch (error) {
      rollBack(db);
      const damage = damageIn(error, db.name);
      if (damage) return { ok: false as const, failure: damage };
      const code = isSqliteError(error, ...UNWRITABLE) ? 'ledger.write-failed' : 'internal.bug';
      return failed(code, 'reducers', String(error));
    }
    const before = fs.fstatSync(fd).size;
    try {
      writeWhole(fd, fresh.map((made) => `${lineOf(made.sealed)}\n`).join(''));
      fs.fdatasyncSync(fd);
    } catch (error) {
      rollBack(db);
      return undoAppend(before, error);
    }
    try {
      db.exec('COMMIT');
    } catch (error) {
      // The segment has the entries and the database has not: only the settlement at start may decide.
      halted = `the database did not commit what the segment already holds: ${String(error)}`;
      return failed('ledger.write-failed', 'database', halted);
    }
    open = [...open, ...fresh.map((made) => made.sealed)];
    const last = fresh.at(-1);
    if (last) head = { seq: last.frame.seq, hash: last.frame.hash };
    return null;
  }

  function undoAppend(before: number, error: unknown) {
    try {
      fs.ftruncateSync(fd, before);
      fs.fdatasyncSync(fd);
    } catch (second) {
      halted = `the open segment could not be cut back: ${String(second)}`;
    }
    // After a failed flush the kernel may have dropped the pages: what a later flush says can not be believed.
    if (isFlushError(error)) halted = `flushing the open segment failed: ${String(error)}`;
    return failed('ledger.write-failed', OPEN_SEGMENT, String(error));
  }

  function seal(): Result<SealedName | null> {
    if (halted) return failed('ledger.write-failed', 'ledger', halted);
    if (open.length === 0) return done(null);
    let name: SealedName;
    try {
      name = writeSealed(folder, options.station, open, options.key);
    } catch (error) {
      if (isFlushError(error)) halted = `flushing a sealed segment failed: ${String(error)}`;
      return failed('ledger.write-failed', 'segment', String(error));
    }
    open = [];
    try {
      // Cutting in place needs no room on the disk; a crash in between leaves entries in both, and the sealed ones count.
      fs.ftruncateSync(fd, 0);
      fs.fdatasyncSync(fd);
    } catch (error) {
      halted = `the open segment could not be emptied: ${String(error)}`;
      return failed('ledger.write-failed', OPEN_SEGMENT, halted);
    }
    return done(name);
  }

  return { append, seal, openCount: () => open.length, close: () => fs.closeSync(fd) };
}

/** What SQLite says when the disk, not the entry, is at fault. */
const UNWRITABLE = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'];

/** Ends the transaction if SQLite has not done so itself, as it does when the disk is full. */
function rollBack(db: Db): void {
  if (db.inTransaction) db.exec('ROLLBACK');
}

/** A disk that is nearly full takes part of a write and says so only by its count. */
function writeWhole(fd: number, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
}

function isFlushError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && (error.syscall === 'fdatasync' || error.syscall === 'fsync');
}

function loadOpen(options: WriterOptions): SealedBytes[] {
  const file = path.join(options.folder, OPEN_SEGMENT);
  if (!fs.existsSync(file)) rewriteOpen(options.folder, []);
  const count = fs.readFileSync(file, 'utf8').split('\n').length - 1;
  const rows = sql<SealedBytes>(options.db, 'SELECT canonical, hash FROM entries ORDER BY seq DESC LIMIT ?').all(count);
  return rows.reverse();
}

type Made = { sealed: SealedBytes; frame: EntryFrame; fresh: boolean };

function prepareGroup(options: WriterOptions, head: { seq: number; hash: string } | null, requests: readonly AppendRequest[]) {
  let seq = head?.seq ?? 0;
  let prev = head?.hash ?? GENESIS_PREV;
  const made = new Map<string, Made>();
  return requests.map((request) =>
    request.drafts.map((draft): Made => {
      const cause = draft.cause ? `${draft.cause.consumer} ${draft.cause.seq} ${draft.cause.step}` : null;
      const known = cause === null ? null : (made.get(cause) ?? findByCause(options.db, draft));
      if (known) return { ...known, fresh: false };
      // Only a continuation leaps; see there.
      seq = draft.type === 'ledger.continued' ? draft.body.seq : seq + 1;
      const unhashed = frameFor(options.station, draft, seq, prev);
      const sealed = sealFrame(unhashed);
      prev = sealed.hash;
      const result = { sealed, frame: { ...unhashed, hash: sealed.hash }, fresh: true };
      if (cause !== null) made.set(cause, result);
      return result;
    }),
  );
}

function findByCause(db: Db, draft: Draft): Made | null {
  const row = sql<SealedBytes>(db, 'SELECT canonical, hash FROM entries WHERE cause_consumer = ? AND cause_seq = ? AND cause_step = ?').get(
    draft.cause?.consumer,
    draft.cause?.seq,
    draft.cause?.step,
  );
  return row ? { sealed: row, frame: frameOf(row), fresh: false } : null;
}

function frameFor(station: string, draft: Draft, seq: number, prev: string): UnhashedFrame {
  return {
    seq,
    id: uuidv7({ msecs: Date.parse(draft.at) }),
    at: draft.at,
    station,
    actor: draft.actor,
    type: draft.type,
    version: 1,
    subject: draft.subject,
    refs: draft.refs ?? [],
    body: draft.body as UnhashedFrame['body'],
    ...(draft.cause ? { cause: draft.cause } : {}),
    prev,
  };
}
