import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type ErrorCode, failed, type Result } from '../contract/errors.ts';
import { Uuid } from '../contract/values.ts';
import { flushFolder, fsyncFolder, makeFolderDurably, writeFileDurably } from '../store/index.ts';
import type { HashAtRest } from './bag.ts';
import { hashFile, makeFolderFlushed, writeFlushed } from './file-io.ts';

const IDENTITY_FILE = '.evidock-destination.json';
const Identity = z.strictObject({ format: z.literal(1), id: Uuid });

/** Reads who a destination folder says it is, making it one when it is new. */
export function claimFolder(folder: string): Result<string> {
  const file = path.join(folder, IDENTITY_FILE);
  try {
    if (!fs.existsSync(file)) {
      makeFolderDurably(folder, 0o750);
      // Also when it was there: whoever made it may have been stopped before flushing its name.
      fsyncFolder(path.dirname(folder));
      writeFileDurably(file, `${JSON.stringify({ format: 1, id: randomUUID() })}\n`, 0o640);
    }
    return { ok: true, value: Identity.parse(JSON.parse(fs.readFileSync(file, 'utf8'))).id };
  } catch (error) {
    return failed('destination.unreachable', folder, String(error));
  }
}

/** Who a destination folder says it is; unlike `claimFolder` it makes none. */
export function identityOf(folder: string): Result<string> {
  let text: string;
  try {
    text = fs.readFileSync(path.join(folder, IDENTITY_FILE), 'utf8');
  } catch (error) {
    return failed('destination.unreachable', folder, String(error));
  }
  const identity = Identity.safeParse(safeJson(text));
  return identity.success ? { ok: true, value: identity.data.id } : failed('destination.identity-differs', folder, 'says nothing');
}

/** Makes sure that a folder is still the destination it was: evidence must not go to whatever is mounted there now. */
export function checkFolder(folder: string, id: string): Result<null> {
  const identity = identityOf(folder);
  if (!identity.ok) return identity;
  return identity.value === id ? { ok: true, value: null } : failed('destination.identity-differs', folder, `expected ${id}`);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether two paths lie on the same file system, where a copy on one protects against nothing that hits the other. */
export function onSameDisk(a: string, b: string): boolean {
  return fs.statSync(a).dev === fs.statSync(b).dev;
}

/** Writes a probe file, reads it back, removes it; says how long that took. */
export async function testFolder(folder: string, id: string): Promise<Result<{ elapsedMs: number }>> {
  const started = performance.now();
  const checked = checkFolder(folder, id);
  if (!checked.ok) return checked;
  const probe = path.join(folder, `.evidock-probe-${randomUUID()}`);
  const content = randomUUID();
  try {
    await writeFlushed(probe, content);
    if ((await fs.promises.readFile(probe, 'utf8')) !== content) return failed('destination.read-back-differs', folder);
    return { ok: true, value: { elapsedMs: Math.round(performance.now() - started) } };
  } catch (error) {
    return failed(writeCode(error), folder, String(error));
  } finally {
    await fs.promises.rm(probe, { force: true });
  }
}

/** The failure that a system error means while writing to a destination; anything else is a bug and goes on. */
export function writeCode(error: unknown): ErrorCode {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) throw error;
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'destination.full' : 'destination.write-failed';
}

/**
 * Copies a file that never changes (a sealed segment) to a destination unless it is there; another content under its
 * name is `destination.conflict`. True when it was copied.
 */
export async function mirrorFile(source: string, target: string, hashAtRest: HashAtRest): Promise<Result<boolean>> {
  const ours = await hashFile(source);
  if (fs.existsSync(target)) {
    return (await hashAtRest(target))?.sha256 === ours.sha256 ? { ok: true, value: false } : failed('destination.conflict', target);
  }
  await makeFolderFlushed(path.dirname(target));
  const temporary = `${target}.incoming`;
  // A leftover of a kill has the segment's mode, 0400: only root could write into it.
  await fs.promises.rm(temporary, { force: true });
  await fs.promises.copyFile(source, temporary);
  const handle = await fs.promises.open(temporary, 'r+').catch(() => fs.promises.open(temporary, 'r'));
  await handle.sync();
  await handle.close();
  await fs.promises.rename(temporary, target);
  await flushFolder(path.dirname(target));
  return (await hashAtRest(target))?.sha256 === ours.sha256 ? { ok: true, value: true } : failed('destination.read-back-differs', target);
}
