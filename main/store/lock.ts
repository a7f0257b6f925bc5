import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { done, failed, type Result } from '../contract/errors.ts';
import type { DataPaths } from './data-folder.ts';
import { isSqliteError } from './database.ts';
import { writeFileDurably } from './durable.ts';

/** Who holds a data folder and where it answers. */
export const Owner = z.strictObject({
  pid: z.int().positive(),
  host: z.string(),
  since: z.string(),
  purpose: z.enum(['station', 'command']),
  /** Unix socket on which the holder answers; null for a command that serves nobody. */
  socket: z.string().nullable(),
});
export type Owner = z.infer<typeof Owner>;

export type DataFolderLock = {
  /** False when the former holder died without releasing: what it left half-done has to be looked at. */
  formerExitClean: boolean;
  announce(socket: string): void;
  /** Gives the folder free. `clean` false: the next start looks at what was left half-done, as after a crash. */
  release(clean?: boolean): void;
};

/**
 * Takes the one lock of a data folder, or fails with `data-folder.held` saying who holds it. The lock is an exclusive
 * SQLite transaction on `station.lock`: the kernel drops it the moment the holder dies, so there is no stale lock to
 * guess about. `station.owner.json` beside it only tells people and commands who it is.
 */
export function lockDataFolder(paths: DataPaths, purpose: Owner['purpose'], since: string): Result<DataFolderLock> {
  const db = new Database(paths.lock, { timeout: 0 });
  try {
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (isSqliteError(error, 'SQLITE_BUSY')) return failed('data-folder.held', describeOwner(paths), paths.root);
    throw error;
  }
  const formerExitClean = !fs.existsSync(paths.owner);
  const owner: Owner = { pid: process.pid, host: os.hostname(), since, purpose, socket: null };
  // What a kill left in the middle of replacing it is of no use to anyone.
  for (const name of fs.readdirSync(paths.root)) {
    if (name.startsWith(`${path.basename(paths.owner)}.tmp-`)) fs.rmSync(path.join(paths.root, name), { force: true });
  }
  // Flushed before anything else is done: after a power cut it tells the next start to look at what was left half-done.
  writeFileDurably(paths.owner, JSON.stringify(owner), 0o600);
  return done({
    formerExitClean,
    announce(socket) {
      writeFileDurably(paths.owner, JSON.stringify({ ...owner, socket }), 0o600);
    },
    release(clean = true) {
      if (clean) fs.rmSync(paths.owner, { force: true });
      db.close();
    },
  });
}

/** Who holds the folder now, as it announced itself; null when nobody holds it. */
export function currentOwner(paths: DataPaths): Owner | null {
  if (!fs.existsSync(paths.lock)) return null;
  const db = new Database(paths.lock, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return null;
  } catch (error) {
    if (isSqliteError(error, 'SQLITE_BUSY')) return readOwner(paths);
    throw error;
  } finally {
    db.close();
  }
}

function readOwner(paths: DataPaths): Owner | null {
  try {
    return Owner.parse(JSON.parse(fs.readFileSync(paths.owner, 'utf8')));
  } catch {
    // The holder took the lock but has not written who it is yet; the lock itself is what counts.
    return null;
  }
}

function describeOwner(paths: DataPaths): string {
  const owner = readOwner(paths);
  return owner ? `pid ${owner.pid} on ${owner.host} since ${owner.since} (${owner.purpose})` : 'a process that is just starting';
}
