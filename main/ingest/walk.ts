import fs from 'node:fs';
import { systemCode } from '../../native/index.ts';
import type { ErrorCode } from '../contract/errors.ts';

/** A regular file found below a root, by its raw path relative to it. */
export type ListedFile = { path: Buffer; sizeBytes: number; mtimeNs: string };

export type FileType = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'character-device' | 'block-device' | 'unknown';

/** Something below a root that is not taken, and why. */
export type ListedRefusal = { path: Buffer; reason: ErrorCode; fileType: FileType; detail: string };

/** Folders nested deeper than this are no camera's doing. */
const MAX_DEPTH = 64;

/**
 * Lists everything below `root`, one thing at a time, memory bounded by the number of folders. Names are raw bytes.
 * Links are never followed, other file systems never entered but for those mounted in `parts`, folders directly below it; each thing that is not a plain file or folder comes out
 * as a refusal, so nothing is left out in silence.
 */
export async function* walk(root: string, parts: readonly string[] = []): AsyncGenerator<ListedFile | ListedRefusal> {
  const base = Buffer.from(root);
  const top = await fs.promises.lstat(base, { bigint: true });
  const seen = new Set([`${top.dev}:${top.ino}`]);
  const folders: { path: Buffer; depth: number; device: bigint }[] = [{ path: Buffer.alloc(0), depth: 0, device: top.dev }];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for await (const found of listFolder(base, folder.path)) {
      if (!('stat' in found)) {
        yield found;
        continue;
      }
      const { path, stat } = found;
      if (stat.isFile()) {
        yield { path, sizeBytes: Number(stat.size), mtimeNs: String(stat.mtimeNs) };
      } else if (!stat.isDirectory()) {
        const fileType = typeOf(stat);
        yield { path, reason: fileType === 'symlink' ? 'source.symlink' : 'source.special-file', fileType, detail: '' };
      } else {
        const device = folder.depth === 0 && parts.includes(path.toString()) ? stat.dev : folder.device;
        const refusal = refuseFolder(path, stat, device, seen, folder.depth + 1);
        if (refusal) yield refusal;
        else folders.push({ path, depth: folder.depth + 1, device });
      }
    }
  }
}

type Found = { path: Buffer; stat: fs.BigIntStats };

async function* listFolder(base: Buffer, folder: Buffer): AsyncGenerator<Found | ListedRefusal> {
  const at = folder.length === 0 ? base : joined(base, folder);
  let names: AsyncIterable<fs.Dirent>;
  try {
    // The typings know no Buffer form of opendir; at run time names are Buffers with this encoding.
    names = await fs.promises.opendir(at as unknown as string, { encoding: 'buffer' as BufferEncoding });
    for await (const entry of names) {
      const name = entry.name as unknown as Buffer;
      const path = folder.length === 0 ? name : joined(folder, name);
      yield await look(base, path);
    }
  } catch (error) {
    yield { path: folder, reason: 'source.unreadable', fileType: 'directory', detail: systemCode(error) };
  }
}

async function look(base: Buffer, path: Buffer): Promise<Found | ListedRefusal> {
  try {
    return { path, stat: await fs.promises.lstat(joined(base, path), { bigint: true }) };
  } catch (error) {
    return { path, reason: 'source.unreadable', fileType: 'unknown', detail: systemCode(error) };
  }
}

function refuseFolder(path: Buffer, stat: fs.BigIntStats, device: bigint, seen: Set<string>, depth: number): ListedRefusal | null {
  const refuse = (reason: ErrorCode): ListedRefusal => ({ path, reason, fileType: 'directory', detail: '' });
  if (stat.dev !== device) return refuse('source.other-file-system');
  const identity = `${stat.dev}:${stat.ino}`;
  if (seen.has(identity)) return refuse('source.folder-loop');
  if (depth > MAX_DEPTH) return refuse('source.too-deep');
  seen.add(identity);
  return null;
}

function typeOf(stat: fs.BigIntStats): FileType {
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isFIFO()) return 'fifo';
  if (stat.isSocket()) return 'socket';
  if (stat.isCharacterDevice()) return 'character-device';
  if (stat.isBlockDevice()) return 'block-device';
  return 'unknown';
}

/** `a/b` in raw bytes. */
export function joined(a: Buffer, b: Buffer): Buffer {
  return Buffer.concat([a, SLASH, b]);
}

const SLASH = Buffer.from('/');
