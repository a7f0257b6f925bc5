import fs from 'node:fs';
import path from 'node:path';
import { type ErrorCode, failed, type Result } from '../contract/errors.ts';
import { flushFolder, fsyncFolder, makeFolderDurably, writeFileDurably } from '../store/index.ts';
import { type Backend, IDENTITY_FILE, identityIn, type Listed, newIdentity } from './backend.ts';
import type { HashAtRest } from './bag.ts';
import { copyHashed, flushFile, hashFile, makeFolderFlushed, writeFlushed } from './file-io.ts';
import type { FileReader } from './file-reader.ts';
import type { FileTree } from './file-tree.ts';
import { onTree } from './tree-backend.ts';

/** A folder, also of a network drive. */
export function openFolder(folder: string, hashAtRest: HashAtRest): Backend {
  const at = (file: string) => path.join(folder, file);
  return {
    // A disk has one head, or one network.
    ...onTree(localTree(folder, hashAtRest), 1),
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
    tables: {
      sizes: (below) => sizesBelow(folder, below),
      async replace(file, source) {
        const target = at(file);
        const temporary = `${target}.incoming`;
        await makeFolderFlushed(path.dirname(target));
        await fs.promises.copyFile(source, temporary);
        await flushFile(temporary);
        await fs.promises.rename(temporary, target);
        await flushFolder(path.dirname(target));
      },
      readable: async (below) => at(below),
    },
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

/** Files and folders below one of this machine. */
export function localTree(root: string, hashAtRest: HashAtRest): FileTree {
  const at = (file: string) => path.join(root, file);
  return {
    ...folderReader(root, hashAtRest),
    exists: async (file) => fs.existsSync(at(file)),
    makeFolder: (folder) => makeFolderFlushed(at(folder)),
    async copy(original, file, signal) {
      const present = fs.existsSync(at(file)) ? await hashFile(at(file), signal) : null;
      if (present?.sha256 === original.sha256) {
        // The attempt that wrote it may have been killed before it flushed.
        await flushFile(at(file));
        return present;
      }
      if (present) await fs.promises.rm(at(file));
      return copyHashed(original, at(file), signal);
    },
    write: (file, content) => writeFlushed(at(file), content),
    flushFolder: (folder) => flushFolder(at(folder)),
    rename: (from, to) => fs.promises.rename(at(from), at(to)),
    remove: (file) => fs.promises.rm(at(file), { force: true }),
  };
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

async function* sizesBelow(root: string, folder: string): AsyncGenerator<Listed> {
  const opened = await fs.promises.opendir(path.join(root, folder)).catch((error: unknown) => {
    // What is not there is empty; what is there and cannot be read must not be taken for it.
    if (isMissing(error)) return [];
    throw error;
  });
  for await (const entry of opened) {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* sizesBelow(root, file);
    else yield { file, sizeBytes: (await fs.promises.lstat(path.join(root, file)).catch(() => null))?.size ?? null };
  }
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
