import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { systemCode } from '../../native/index.ts';
import { type Failure, failed } from '../contract/errors.ts';

/** The one part of WebAssembly used here; Node's typings leave it to the DOM's. */
declare const WebAssembly: { Memory: new (descriptor: { initial: number; maximum: number }) => { buffer: ArrayBuffer } };

/** Bytes read at a time; a multiple of every device's block size. */
const BLOCK_BYTES = 1 << 20;
const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK, O_DIRECT } = fs.constants;

/**
 * Blocks that begin on a page boundary, as O_DIRECT needs; ordinary Buffers do not promise that, memory of a
 * WebAssembly instance does. The kernel refuses an unaligned one, so a wrong assumption is never a wrong hash.
 */
const blocks: Buffer[] = [];

async function withBlock<T>(act: (block: Buffer) => Promise<T>): Promise<T> {
  const pages = BLOCK_BYTES / 65_536;
  const block = blocks.pop() ?? Buffer.from(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer);
  try {
    return await act(block);
  } finally {
    blocks.push(block);
  }
}

export type FileHash = { sha256: string; sizeBytes: number };

/**
 * SHA-256 of a regular file, block by block off the event loop. `direct` reads past the page cache, so that the hash is
 * of what the device holds, wherever the file system allows it. Throws the system's error; a link is never followed.
 */
export async function hashFile(file: string | Buffer, options: { direct: boolean; signal: AbortSignal }): Promise<FileHash> {
  if (options.direct) {
    try {
      return await hashWith(file, O_DIRECT, options.signal);
    } catch (error) {
      if (systemCode(error) !== 'EINVAL') throw error;
    }
  }
  return hashWith(file, 0, options.signal);
}

async function hashWith(file: string | Buffer, flags: number, signal: AbortSignal): Promise<FileHash> {
  const handle = await fs.promises.open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw Object.assign(new Error('not a regular file'), { code: 'ENOTSUP', syscall: 'open' });
    const hash = createHash('sha256');
    const sizeBytes = await withBlock((block) => eachBlock(handle, block, signal, async (bytes) => void hash.update(bytes)));
    return { sha256: hash.digest('hex'), sizeBytes };
  } finally {
    await handle.close();
  }
}

/** Hands over the file's bytes in order; returns how many there were. */
async function eachBlock(
  handle: fs.promises.FileHandle,
  block: Buffer,
  signal: AbortSignal,
  take: (bytes: Buffer) => Promise<void>,
): Promise<number> {
  const { size } = await handle.stat();
  let at = 0;
  // Stops at the size: a direct read that begins past an unaligned end is refused instead of answered with 0 bytes.
  while (at < size) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(block, 0, block.length, at);
    if (bytesRead === 0) break;
    await take(block.subarray(0, bytesRead));
    at += bytesRead;
  }
  return at;
}

/**
 * Copies a file of the vault to `target`, flushed, and says what was read. An unreadable source is a failure; whatever
 * the target's file system refuses is thrown.
 */
export async function copyHashing(
  item: { itemId: string; source: string },
  target: string,
  signal: AbortSignal,
): Promise<{ ok: true; value: FileHash } | { ok: false; failure: Failure }> {
  let source: fs.promises.FileHandle;
  try {
    source = await fs.promises.open(item.source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    return failed('vault.item-missing', item.itemId, systemWords(error));
  }
  const sink = await fs.promises.open(target, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  try {
    const hash = createHash('sha256');
    const sizeBytes = await withBlock((block) =>
      eachBlock(source, block, signal, async (bytes) => {
        hash.update(bytes);
        await writeAll(sink, bytes);
      }),
    );
    await sink.sync();
    return { ok: true, value: { sha256: hash.digest('hex'), sizeBytes } };
  } catch (error) {
    if (isReadError(error)) return failed('vault.item-missing', item.itemId, systemWords(error));
    throw error;
  } finally {
    await source.close();
    await sink.close();
  }
}

function isReadError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'read';
}

async function writeAll(sink: fs.promises.FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await sink.write(bytes, at)).bytesWritten;
}

/** Writes a small file and flushes it; the folder's own entry is flushed by whoever finishes the folder. */
export async function writeFlushed(file: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
  const sink = await fs.promises.open(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
  try {
    await writeAll(sink, bytes);
    await sink.sync();
  } finally {
    await sink.close();
  }
}

/** Flushes a file's bytes or a folder's entries. */
export async function flush(fileOrFolder: string): Promise<void> {
  const handle = await fs.promises.open(fileOrFolder, O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes `folder` and flushes every ancestor from it up to, and with, `root`, which exists. */
export async function makeFolders(root: string, folder: string): Promise<void> {
  await fs.promises.mkdir(folder, { recursive: true, mode: 0o700 });
  for (let at = folder; at !== root; at = path.dirname(at)) await flush(path.dirname(at));
}

/** Whether something has this name; throws whatever keeps that from being known. */
export async function exists(file: string): Promise<boolean> {
  try {
    await fs.promises.lstat(file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** A system error in words that name no path: what goes into the ledger must not tell file names. */
export function systemWords(error: unknown): string {
  const code = systemCode(error);
  return error instanceof Error && 'syscall' in error ? `${code} at ${String(error.syscall)}` : code;
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const AWAY = new Set(['ENODEV', 'ENXIO', 'ESTALE', 'ENOTCONN', 'EHOSTDOWN', 'EHOSTUNREACH', 'ETIMEDOUT', 'ECONNRESET']);

/** What a system error at a destination means. */
export function destinationFailure(what: string, error: unknown) {
  const code = systemCode(error);
  if (FULL.has(code)) return failed('destination.full', what, systemWords(error));
  return failed(AWAY.has(code) ? 'destination.unreachable' : 'destination.write-failed', what, systemWords(error));
}

/** Lets everything else on the event loop have its turn. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
