import fs from 'node:fs';
import { systemCode } from '../../native/index.ts';
import type { ErrorCode } from '../contract/errors.ts';
import { decodeStrictly } from '../vault/index.ts';

/** Something below a folder: a regular file, or what can not be compared and why. `path` is raw, relative to the folder. */
export type Found = { path: Buffer; refused: { reason: ErrorCode; detail: string } | null };

/** Folders nested deeper than this are nobody's doing. */
const MAX_DEPTH = 64;
const SLASH = Buffer.from('/');

/**
 * Lists everything below `root`, one thing at a time; memory is bounded by the number of folders. Links are never
 * followed, other file systems never entered, and what is neither file nor folder comes out as refused. Throws the
 * system's error when `root` itself can not be looked at.
 */
export async function* walkFolder(root: string): AsyncGenerator<Found> {
  const base = Buffer.from(root);
  const { dev } = await fs.promises.stat(base);
  const folders: { path: Buffer; depth: number }[] = [{ path: Buffer.alloc(0), depth: 0 }];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for await (const { path, stat, detail } of listFolder(base, folder.path)) {
      if (!stat) yield { path, refused: { reason: 'source.unreadable', detail } };
      else if (stat.isFile()) yield { path, refused: null };
      else if (!stat.isDirectory()) yield { path, refused: { reason: stat.isSymbolicLink() ? 'source.symlink' : 'source.special-file', detail: '' } };
      else if (stat.dev !== dev) yield { path, refused: { reason: 'source.other-file-system', detail: '' } };
      else if (folder.depth >= MAX_DEPTH) yield { path, refused: { reason: 'source.too-deep', detail: '' } };
      else folders.push({ path, depth: folder.depth + 1 });
    }
  }
}

type Looked = { path: Buffer; stat: fs.Stats | null; detail: string };

async function* listFolder(base: Buffer, folder: Buffer): AsyncGenerator<Looked> {
  let opened = false;
  try {
    // The typings know no Buffer form of opendir; at run time names are Buffers with this encoding.
    const names = await fs.promises.opendir(below(base, folder) as unknown as string, { encoding: 'buffer' as BufferEncoding });
    opened = true;
    for await (const entry of names) {
      const name = entry.name as unknown as Buffer;
      yield await look(base, folder.length === 0 ? name : Buffer.concat([folder, SLASH, name]));
    }
  } catch (error) {
    yield { path: folder, stat: null, detail: `${systemCode(error)} at ${opened ? 'readdir' : 'opendir'}` };
  }
}

async function look(base: Buffer, path: Buffer): Promise<Looked> {
  try {
    return { path, stat: await fs.promises.lstat(below(base, path)), detail: '' };
  } catch (error) {
    return { path, stat: null, detail: `${systemCode(error)} at lstat` };
  }
}

/** `base/path` in raw bytes. */
export function below(base: Buffer, path: Buffer): Buffer {
  return path.length === 0 ? base : Buffer.concat([base, SLASH, path]);
}

/** A raw path as text for people: itself where it is valid UTF-8, doubtful bytes percent-encoded. */
export function readable(raw: Uint8Array): string {
  const text = decodeStrictly(raw);
  if (text !== null) return text.replaceAll(/\p{Cc}/gu, (char) => percent(Buffer.from(char)));
  return Array.from(raw, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : percent([byte]))).join('');
}

function percent(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
