import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { AtRest } from '../engine.ts';
import { readAt } from './source-file.ts';

/** The one part of WebAssembly used here; Node's typings leave it to the DOM's. */
declare const WebAssembly: { Memory: new (descriptor: { initial: number }) => { buffer: ArrayBuffer } };

/** Bytes read at a time; a multiple of every device's block size. */
const BLOCK_BYTES = 1 << 20;
/** What a direct read wants of its offset. */
const ALIGNMENT = 4096;

/**
 * Memory of a WebAssembly instance begins on a page boundary, which O_DIRECT needs and ordinary Buffers do not promise.
 * The kernel refuses an unaligned buffer (EINVAL), so a wrong assumption here shows as a refusal, never as a wrong hash.
 */
const aligned = Buffer.from(new WebAssembly.Memory({ initial: BLOCK_BYTES / 65_536 }).buffer);

/**
 * SHA-256 of a file's bytes as the device holds them, and how that was made sure: `direct` past the page cache with
 * O_DIRECT, or `cache-dropped` by asking the kernel to drop the file's flushed pages first. On file systems not known
 * to honour either, `unproven`. `onBlock` is called between blocks and may throw to stop.
 */
export function readBack(file: string, provenFileSystem: boolean, onBlock: (doneBytes: number) => void): AtRest {
  const direct = openDirect(file);
  if (direct !== null) {
    try {
      return { ...hashFrom(direct, true, onBlock), readBack: provenFileSystem ? 'direct' : 'unproven' };
    } catch (error) {
      if (!isRefusal(error)) throw error;
    } finally {
      fs.closeSync(direct);
    }
  }
  // GNU dd with count=0 and nocache calls posix_fadvise(DONTNEED) on the whole file, which Node cannot.
  execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none'], { timeout: 60_000 });
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    return { ...hashFrom(fd, false, onBlock), readBack: provenFileSystem ? 'cache-dropped' : 'unproven' };
  } finally {
    fs.closeSync(fd);
  }
}

function openDirect(file: string): number | null {
  try {
    return fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_DIRECT);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** The kernel's refusal of a direct read, or our own of one that would not be direct. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINVAL';
}

function hashFrom(fd: number, direct: boolean, onBlock: (doneBytes: number) => void): Omit<AtRest, 'readBack'> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (;;) {
    onBlock(sizeBytes);
    const read = readAt(fd, aligned, 0, BLOCK_BYTES, sizeBytes);
    if (read === 0) return { sha256: hash.digest('hex'), sizeBytes };
    // After a read that was short in the middle of a file some file systems answer the next one, which is not aligned, from
    // the cache without a word.
    if (direct && sizeBytes % ALIGNMENT !== 0) throw Object.assign(new Error('direct reads are cut short'), { code: 'EINVAL' });
    hash.update(aligned.subarray(0, read));
    sizeBytes += read;
  }
}
