import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { flushFolder } from '../store/index.ts';
import type { Pace } from './pace.ts';

const BLOCK_BYTES = 1 << 20;

/** What the vault's bytes or the archive's bytes turned out to be. */
export type HashedFile = { sha256: string; sizeBytes: number };

/** SHA-256 of a file, read in blocks so that the event loop is never held. Throws the signal's reason when it aborts. */
export async function hashFile(file: string | Buffer, signal?: AbortSignal): Promise<HashedFile> {
  const handle = await fs.promises.open(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    const read = async (into: Buffer, at: number) => (await handle.read(into, 0, into.length, at)).bytesRead;
    return await hashRead(read, null, signal);
  } finally {
    await handle.close();
  }
}

/** An original of the vault on its way out, and the pace its destination allows; none where there is no cap. */
export type Outgoing = { source: string; pace?: Pace | undefined };

/** What reads the bytes of an original. */
export type OriginalReader = { read(into: Buffer, at: number): Promise<number>; close(): Promise<void> };

/**
 * Opens an original to send it; null when it cannot be opened. Everything that leaves the station is read through here, at the
 * pace of its destination: `read` fills a buffer, as far as there are bytes, and says how many. It throws the signal's reason
 * when that aborts, and what the disk says.
 */
export async function openOriginal({ source, pace }: Outgoing, signal?: AbortSignal): Promise<OriginalReader | null> {
  const handle = await fs.promises.open(source, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW).catch(() => null);
  if (!handle) return null;
  return {
    async read(into, at) {
      let filled = 0;
      while (filled < into.length) {
        signal?.throwIfAborted();
        const { bytesRead } = await handle.read(into, filled, Math.min(BLOCK_BYTES, into.length - filled), at + filled);
        if (bytesRead === 0) break;
        await pace?.(bytesRead, signal);
        filled += bytesRead;
      }
      return filled;
    },
    close: () => handle.close(),
  };
}

/** A small original as a whole; null when it cannot be read. */
export async function readOriginal(outgoing: Outgoing & { sizeBytes: number }, signal?: AbortSignal): Promise<Buffer | null> {
  const original = await openOriginal(outgoing, signal);
  if (!original) return null;
  try {
    // One byte more than there should be: a file that grew is another one.
    const bytes = Buffer.allocUnsafe(outgoing.sizeBytes + 1);
    return bytes.subarray(0, await original.read(bytes, 0));
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && error.syscall === 'read') return null;
    throw error;
  } finally {
    await original.close();
  }
}

/**
 * Copies an original into a new file, flushes it, and says what was read while copying; null when the original could not be
 * read. Throws what the target's file system refuses, also when the target exists, and the signal's reason when it aborts.
 */
export async function copyHashed(outgoing: Outgoing, target: string, signal?: AbortSignal): Promise<HashedFile | null> {
  const from = await openOriginal(outgoing, signal);
  if (!from) return null;
  try {
    const to = await fs.promises.open(target, 'wx', 0o640);
    try {
      const hashed = await hashRead(from.read, to, signal);
      await to.sync();
      return hashed;
    } catch (error) {
      if (error instanceof Error && 'syscall' in error && error.syscall === 'read') return null;
      throw error;
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function hashRead(read: OriginalReader['read'], to: FileHandle | null, signal?: AbortSignal): Promise<HashedFile> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let sizeBytes = 0;
  for (;;) {
    signal?.throwIfAborted();
    const bytesRead = await read(block, sizeBytes);
    if (bytesRead === 0) return { sha256: hash.digest('hex'), sizeBytes };
    const bytes = block.subarray(0, bytesRead);
    hash.update(bytes);
    if (to) await writeAll(to, bytes);
    sizeBytes += bytesRead;
  }
}

async function writeAll(to: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) written += (await to.write(bytes, written)).bytesWritten;
}

/** Writes a small file and flushes it. */
export async function writeFlushed(file: string, content: string | Buffer): Promise<void> {
  await fs.promises.writeFile(file, content, { mode: 0o640, flush: true });
}

/** Flushes a file that was written earlier, by whoever it was. */
export async function flushFile(file: string): Promise<void> {
  const handle = await fs.promises.open(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and flushes each ancestor that was new. */
export async function makeFolderFlushed(folder: string): Promise<void> {
  const first = await fs.promises.mkdir(folder, { recursive: true, mode: 0o750 });
  if (first === undefined) return;
  for (let at = folder; at.length >= first.length; at = parent(at)) await flushFolder(parent(at));
}

function parent(folder: string): string {
  return folder.slice(0, Math.max(1, folder.lastIndexOf('/')));
}
