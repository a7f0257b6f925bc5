import fs from 'node:fs';
import type { Backend } from './backend.ts';
import { writeBag } from './bag.ts';
import { type FileTree, folderOf } from './file-tree.ts';

/** What is the same of all destinations that have files and folders. */
type OnTree = Pick<Backend, 'atOnce' | 'hash' | 'text' | 'list' | 'folders' | 'holds' | 'put' | 'secure' | 'create' | 'remove'>;

/**
 * A destination of files and folders. A bag is written below `.incoming/`, flushed, and renamed to its place; a killed attempt is
 * gone on with there. `atOnce`: files of a bag that are written or read at once.
 */
export function onTree(tree: FileTree, atOnce: number): OnTree {
  const { hash, text, list, folders, exists, remove } = tree;
  return {
    ...{ atOnce, hash, text, list, folders, remove, holds: exists },
    async put(bag, files, signal) {
      const aside = `.incoming/${bag.slice(folderOf(bag).length + 1)}`;
      const written = await writeBag(tree, aside, files, { atOnce, signal });
      if (!written.ok) return written;
      await tree.makeFolder(folderOf(bag));
      await tree.rename(aside, bag);
      await tree.flushFolder(folderOf(bag));
      await tree.flushFolder(folderOf(aside));
      return { ok: true, value: null };
    },
    async secure(bag) {
      // One that was found in its place may have got there just before a kill.
      for (let up = folderOf(bag); up !== ''; up = folderOf(up)) await tree.flushFolder(up);
      await tree.flushFolder('');
      return { ok: true, value: {} };
    },
    async create(file, content) {
      if (await exists(file)) throw Object.assign(new Error(`EEXIST: ${file}`), { code: 'EEXIST' });
      await tree.makeFolder(folderOf(file));
      const temporary = `${file}.incoming`;
      // A leftover of a kill may be one that only root could write into.
      await remove(temporary);
      await tree.write(temporary, 'text' in content ? content.text : await fs.promises.readFile(content.source));
      await tree.rename(temporary, file);
      await tree.flushFolder(folderOf(file));
    },
  };
}
