import fs from 'node:fs';
import path from 'node:path';
import { type ErrorCode, failed, type Result } from '../contract/errors.ts';
import { flushFolder, fsyncFolder, makeFolderDurably, writeFileDurably } from '../store/index.ts';
import { type Backend, IDENTITY_FILE, identityIn, newIdentity } from './backend.ts';
import { type BagFile, type HashAtRest, writeBag } from './bag.ts';
import { makeFolderFlushed, writeFlushed } from './file-io.ts';
import type { FileReader } from './file-reader.ts';

/**
 * A folder, also of a network drive. A bag is written below `.incoming/`, flushed, and renamed to its place; a killed
 * attempt is gone on with there.
 */
export function openFolder(folder: string, hashAtRest: HashAtRest): Backend {
  const at = (file: string) => path.join(folder, file);
  return {
    ...folderReader(folder, hashAtRest),
    // A disk has one head, or one network.
    atOnce: 1,
    async check(identity) {
      const found = identityOf(folder);
      if (!found.ok) return found;
      return found.value === identity ? { ok: true, value: null } : failed('destination.identity-differs', folder, `expected ${identity}`);
    },
    async claim() {
      try {
        if (!fs.existsSync(at(IDENTITY_FILE))) {
          makeFolderDurably(folder, 0o750);
          // Also when it was there: whoever made it may have been stopped before flushing its name.
          fsyncFolder(path.dirname(folder));
          writeFileDurably(at(IDENTITY_FILE), newIdentity(), 0o640);
        }
        const identity = identityIn(fs.readFileSync(at(IDENTITY_FILE), 'utf8'));
        return identity === null ? failed('destination.unreachable', folder, `${IDENTITY_FILE} names none`) : { ok: true, value: identity };
      } catch (error) {
        return failed('destination.unreachable', folder, String(error));
      }
    },
    holds: async (bag) => fs.existsSync(at(bag)),
    put: (bag, files, signal) => putAside(folder, bag, files, signal),
    async secure(bag) {
      // One that was found in its place may have got there just before a kill.
      for (let up = path.dirname(at(bag)); up.length >= folder.length; up = path.dirname(up)) await flushFolder(up);
      return { ok: true, value: null };
    },
    async create(file, content) {
      const target = at(file);
      if (fs.existsSync(target)) throw Object.assign(new Error(`EEXIST: ${target}`), { code: 'EEXIST' });
      await makeFolderFlushed(path.dirname(target));
      const temporary = `${target}.incoming`;
      // A leftover of a kill has the mode of a sealed segment, 0400: only root could write into it.
      await fs.promises.rm(temporary, { force: true });
      if ('text' in content) await writeFlushed(temporary, content.text);
      else await copyFlushed(content.source, temporary);
      await fs.promises.rename(temporary, target);
      await flushFolder(path.dirname(target));
    },
    remove: (file) => fs.promises.rm(at(file), { force: true }),
    codeOf: writeCode,
    async close() {},
  };
}

/** Who a destination folder says it is; unlike `claim` it makes none. */
export function identityOf(folder: string): Result<string> {
  let text: string;
  try {
    text = fs.readFileSync(path.join(folder, IDENTITY_FILE), 'utf8');
  } catch (error) {
    return failed('destination.unreachable', folder, String(error));
  }
  const identity = identityIn(text);
  return identity === null ? failed('destination.identity-differs', folder, 'says nothing') : { ok: true, value: identity };
}

async function putAside(folder: string, bag: string, files: readonly BagFile[], signal: AbortSignal | undefined): Promise<Result<null>> {
  const place = path.join(folder, bag);
  const aside = path.join(folder, '.incoming', path.basename(bag));
  const written = await writeBag(aside, files, signal);
  if (!written.ok) return written;
  await makeFolderFlushed(path.dirname(place));
  await fs.promises.rename(aside, place);
  await flushFolder(path.dirname(place));
  await flushFolder(path.dirname(aside));
  return { ok: true, value: null };
}

async function copyFlushed(source: string, target: string): Promise<void> {
  await fs.promises.copyFile(source, target);
  const handle = await fs.promises.open(target, 'r+').catch(() => fs.promises.open(target, 'r'));
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Reads below a folder; hashes are of what the device holds. */
export function folderReader(root: string, hashAtRest: HashAtRest): FileReader {
  const entriesOf = (folder: string) =>
    fs.promises.readdir(path.join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
  async function* list(folder: string): AsyncGenerator<string> {
    for (const entry of await entriesOf(folder)) {
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) yield* list(file);
      else yield file;
    }
  }
  return {
    hash: (file, signal) => hashAtRest(path.join(root, file), signal),
    async text(file) {
      try {
        return await fs.promises.readFile(path.join(root, file), 'utf8');
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    list,
    folders: async (folder) => (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map((entry) => entry.name),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Whether two paths lie on the same file system, where a copy on one protects against nothing that hits the other. */
export function onSameDisk(a: string, b: string): boolean {
  return fs.statSync(a).dev === fs.statSync(b).dev;
}

/** The failure that a system error means while writing to a destination; anything else is a bug and goes on. */
export function writeCode(error: unknown): ErrorCode {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) throw error;
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'destination.full' : 'destination.write-failed';
}
