import fs from 'node:fs';
import path from 'node:path';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { Ledger } from '../../ledger/index.ts';
import { flushFolder } from '../../store/index.ts';
import type { HashAtRest } from '../bag.ts';
import { type Destination, listDestinations } from '../destinations.ts';
import { flushFile, hashFile, makeFolderFlushed } from '../file-io.ts';
import { openFolder, writeCode } from '../folder-backend.ts';

/** One file of a destination; `sizeBytes` is null when it is listed and cannot be looked at. */
export type Listed = { key: string; sizeBytes: number | null };

/** What the catalogue and the reconciliation of an archive need of a destination, whatever its kind. */
export type ArchivePlace = {
  /** Whether it is still the destination it was. */
  check(): Promise<Result<null>>;
  /** Puts a file of this machine under a key, in the place of what was there: whole or not at all, and read back. */
  replace(key: string, file: string): Promise<Result<null>>;
  /** Everything below a prefix (empty, or ending in a slash), in no order. */
  list(prefix: string): AsyncGenerator<Listed>;
  /** Names directly below a prefix (empty, or ending in a slash), of files and of what holds further ones. */
  names(prefix: string): Promise<string[]>;
  /** Hash of what lies under a key, every byte read from there; null when it cannot be read, or `signal` ended the reading. */
  hash: HashAtRest;
  /** A folder of this machine in which everything below the prefix can be read. */
  folderOf(prefix: string): Promise<Result<string>>;
};

/** Destinations that have a catalogue: those that are folders. */
export function placesIn(ledger: Ledger): Destination[] {
  return listDestinations(ledger).filter(({ kind }) => kind === 'folder');
}

/** How a destination of today is reached. Fails with `destination.no-catalogue` for one that is no folder, where no catalogue is kept. */
export function placeOf({ id, name, kind, settings }: Destination, hashAtRest: HashAtRest): Result<ArchivePlace> {
  if (kind !== 'folder') return failed('destination.no-catalogue', name, kind);
  if (settings?.kind !== 'folder') return failed('destination.unreachable', name, 'where it lies is not known');
  return done(folderPlace(id, name, settings.folder, hashAtRest));
}

function folderPlace(id: string, name: string, root: string, hashAtRest: HashAtRest): ArchivePlace {
  const at = (key: string) => path.join(root, key);
  return {
    check: () => openFolder(root, hashAtRest).check(id),
    async replace(key, file) {
      const target = at(key);
      const temporary = `${target}.incoming`;
      try {
        await makeFolderFlushed(path.dirname(target));
        await fs.promises.copyFile(file, temporary);
        await flushFile(temporary);
        await fs.promises.rename(temporary, target);
        await flushFolder(path.dirname(target));
      } catch (error) {
        return failed(writeCode(error), name, String(error));
      }
      const [sent, held] = [await hashFile(file), await hashAtRest(target)];
      return sent.sha256 === held?.sha256 ? done(null) : failed('destination.read-back-differs', `${name}: ${key}`);
    },
    list: (prefix) => listBelow(root, prefix),
    hash: (key, signal) => hashAtRest(at(key), signal),
    names: (prefix) => fs.promises.readdir(at(prefix)).catch(emptyWhenMissing),
    folderOf: async (prefix) => done(at(prefix)),
  };
}

async function* listBelow(root: string, prefix: string): AsyncGenerator<Listed> {
  for await (const entry of await fs.promises.opendir(path.join(root, prefix)).catch(emptyWhenMissing)) {
    const key = `${prefix}${entry.name}`;
    if (entry.isDirectory()) yield* listBelow(root, `${key}/`);
    else yield { key, sizeBytes: (await fs.promises.lstat(path.join(root, key)).catch(() => null))?.size ?? null };
  }
}

/** What is not there is empty; what is there and cannot be read must not be taken for it. */
function emptyWhenMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
