import { createHash, randomBytes } from 'node:crypto';
import { type Db, sql } from '../store/index.ts';

/** Someone who is signed in. The token itself is only with the browser; here is its hash. */
export type Session = { tokenHash: string; personId: string };

/** Wrong PINs in a row after which a number is locked, and for how long. */
export const MAX_WRONG_PINS = 5;
export const LOCK_MS = 15 * 60_000;
/** Wrong PINs are remembered this long after the last one. */
const FORGET_MS = 24 * 60 * 60_000;

/**
 * Sign-ins, kept as working state so that a restart of the station does not sign anybody out. A session ends when
 * nobody has touched the screen for `idleMs()`; a clock that went back by more than that ends it too.
 */
export function createSessions(work: Db, nowMs: () => number, idleMs: () => number) {
  function isAlive(touchedMs: number): boolean {
    return Math.abs(nowMs() - touchedMs) <= idleMs();
  }

  return {
    /** Starts a session and gives the token that proves it: 256 random bits, base64url. */
    start(personId: string): string {
      const token = randomBytes(32).toString('base64url');
      sql(work, 'DELETE FROM sessions WHERE abs(? - touched_ms) > ?').run(nowMs(), idleMs());
      sql(work, 'INSERT INTO sessions VALUES (?, ?, ?)').run(hashOf(token), personId, nowMs());
      return token;
    },
    find(token: string | null): Session | null {
      if (token === null) return null;
      const tokenHash = hashOf(token);
      const row = sql<{ person_id: string; touched_ms: number }>(work, 'SELECT person_id, touched_ms FROM sessions WHERE token_hash = ?').get(
        tokenHash,
      );
      return row && isAlive(row.touched_ms) ? { tokenHash, personId: row.person_id } : null;
    },
    /** A person touched the screen. */
    touch(session: Session): void {
      sql(work, 'UPDATE sessions SET touched_ms = ? WHERE token_hash = ?').run(nowMs(), session.tokenHash);
    },
    end(session: Session): void {
      sql(work, 'DELETE FROM sessions WHERE token_hash = ?').run(session.tokenHash);
    },
    /** Ends every session of a person whose access changed. */
    endAll(personId: string): void {
      sql(work, 'DELETE FROM sessions WHERE person_id = ?').run(personId);
    },
    /** The session has given its reason for looking at this recording. */
    open(session: Session, unitId: string): void {
      sql(work, 'INSERT OR IGNORE INTO opened_units VALUES (?, ?)').run(session.tokenHash, unitId);
    },
    hasOpened(session: Session, unitId: string): boolean {
      return sql(work, 'SELECT 1 FROM opened_units WHERE token_hash = ? AND unit_id = ?').get(session.tokenHash, unitId) !== undefined;
    },
    /** When the lock on a number ends, ms; null when there is none. One that ends further off than a lock can was set by a clock since put right. */
    lockedUntil(personId: string): number | null {
      const until = sql<{ locked_until_ms: number | null }>(work, 'SELECT locked_until_ms FROM wrong_pins WHERE person_id = ?').get(personId);
      const leftMs = (until?.locked_until_ms ?? 0) - nowMs();
      return until?.locked_until_ms != null && leftMs > 0 && leftMs <= LOCK_MS ? until.locked_until_ms : null;
    },
    /**
     * Counts a PIN as wrong before it is looked at, so that guesses made at once are all counted; a right one is then
     * forgotten. Gives the end of the lock when this one locked the number. A number nobody has is counted like any other.
     */
    countWrong(personId: string): number | null {
      sql(work, 'DELETE FROM wrong_pins WHERE person_id <> ? AND abs(? - tried_ms) > ?').run(personId, nowMs(), FORGET_MS);
      const row = sql<{ count: number }>(work, 'SELECT count FROM wrong_pins WHERE person_id = ?').get(personId);
      const count = (row?.count ?? 0) + 1;
      const until = count >= MAX_WRONG_PINS ? nowMs() + LOCK_MS : null;
      sql(work, 'INSERT OR REPLACE INTO wrong_pins VALUES (?, ?, ?, ?)').run(personId, until === null ? count : 0, until, nowMs());
      return until;
    },
    forgetWrong(personId: string): void {
      sql(work, 'DELETE FROM wrong_pins WHERE person_id = ?').run(personId);
    },
  };
}
export type Sessions = ReturnType<typeof createSessions>;

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
