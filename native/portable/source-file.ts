import fs from 'node:fs';
import type { ListedFacts } from '../engine.ts';
import { SourceFault, systemCode } from '../failures.ts';

/** A source open for reading, and the facts by which a change is noticed. */
export type SourceFile = { fd: number; sizeBytes: number; mtimeNs: string; inode: string; isDevice: boolean };

/**
 * Opens a file on a camera: not through a link, not waiting on a pipe, and only if it is a regular file. Throws the
 * system's error, or `SourceFault` for what the system would have allowed.
 */
export function openSource(path: Uint8Array): SourceFile {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  const fd = fs.openSync(Buffer.from(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const stat = fs.fstatSync(fd, { bigint: true });
  if (!stat.isFile()) {
    fs.closeSync(fd);
    throw new SourceFault('source.special-file', 'not a regular file');
  }
  return { fd, sizeBytes: Number(stat.size), mtimeNs: String(stat.mtimeNs), inode: `${stat.dev}:${stat.ino}`, isDevice: false };
}

/** Opens a block device, and nothing else, not through a link. It has no time, and is listed with its size: Node cannot ask it. */
export function openDevice(path: Uint8Array, listed: ListedFacts): SourceFile {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  const fd = fs.openSync(Buffer.from(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stat = fs.fstatSync(fd, { bigint: true });
    if (!stat.isBlockDevice()) throw new SourceFault('source.special-file', 'not a block device');
    if (readAt(fd, Buffer.alloc(1), 0, 1, listed.sizeBytes) > 0) throw new SourceFault('source.changed', 'longer than listed');
    return { fd, ...listed, inode: `${stat.dev}:${stat.ino}`, isDevice: true };
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

/** Opens a file that is of the size and time that the listing gave; throws `source.changed` when it is not. */
export function openListed(path: Uint8Array, listed: ListedFacts): SourceFile {
  const source = openSource(path);
  if (source.sizeBytes === listed.sizeBytes && source.mtimeNs === listed.mtimeNs) return source;
  fs.closeSync(source.fd);
  throw new SourceFault('source.changed', 'size or time differs from the listing');
}

/** Throws `source.changed` unless file and path are still what was opened and `readBytes` of it were read. */
export function assertUnchanged(path: Uint8Array, source: SourceFile, readBytes: number): void {
  const open = fs.fstatSync(source.fd, { bigint: true });
  const named = fs.lstatSync(Buffer.from(path), { bigint: true });
  if (`${named.dev}:${named.ino}` !== source.inode) throw new SourceFault('source.changed', 'another file took its name');
  if (!source.isDevice && String(open.mtimeNs) !== source.mtimeNs) throw new SourceFault('source.changed', 'modification time changed');
  const sizeNow = source.isDevice ? source.sizeBytes : Number(open.size);
  if (sizeNow !== source.sizeBytes || readBytes !== source.sizeBytes) {
    throw new SourceFault('source.changed', `${source.sizeBytes} bytes listed, ${readBytes} read, ${sizeNow} now`);
  }
}

/** Reads again what a signal interrupted, which Node leaves to its callers. */
export function readAt(fd: number, into: Buffer, from: number, length: number, position: number): number {
  for (;;) {
    try {
      return fs.readSync(fd, into, from, length, position);
    } catch (error) {
      if (systemCode(error) !== 'EINTR') throw error;
    }
  }
}
