import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { done, type ErrorCode, failed } from '../main/contract/errors.ts';
import type { Copied, CopyEngine, CopyJob, Hashed, HashOptions, JobOptions, ListedFacts, Outcome } from './engine.ts';
import { vaultFailure } from './failures.ts';
import { createFingerprint, FINGERPRINT_SPAN, fingerprintOf } from './portable/fingerprint.ts';

/** What a camera lists that is behind a protocol of its own: a file, or something that is not taken and why. Paths are raw bytes. */
export type RemoteEntry =
  | (ListedFacts & { path: Buffer })
  | { path: Buffer; reason: ErrorCode; fileType: 'file' | 'directory' | 'unknown'; detail: string };

/** One file of such a camera, as it was when it was opened. Everything fails with a `source.*` code. */
export type RemoteFile = ListedFacts & {
  /** Exactly so many bytes. */
  read(offset: number, lengthBytes: number): Promise<Outcome<Uint8Array>>;
  /** Fails with `source.changed` when it is not any more what was opened. */
  checkUnchanged(): Promise<Outcome<void>>;
  /** Removes this very file; succeeds only when the camera, asked for it once more, knows of none. */
  remove(): Promise<Outcome<void>>;
};

/** The files of a camera that are no file system's: read piece by piece, and nothing on the way says whether a piece is what the camera holds. */
export type RemoteFiles = {
  /** Everything there is, one thing at a time. */
  list(): AsyncGenerator<RemoteEntry>;
  /** Null when there is no such file. */
  open(path: Buffer): Promise<Outcome<RemoteFile | null>>;
};

/** Bytes asked for at a time. Bounds how long an abort can go unnoticed. */
const PIECE_BYTES = 512 << 10;

/**
 * Copies a remote file as `CopyEngine.copy` does, and reads it a second time: nothing else would notice a piece that was
 * read wrong. Fails with `source.reads-differ` when the two are not equal. All that the target held before is compared, never trusted.
 */
export async function copyRemote(
  engine: CopyEngine,
  file: RemoteFile,
  { target, listed }: Pick<CopyJob, 'target' | 'listed'>,
  options: HashOptions,
): Promise<Outcome<Copied>> {
  if (file.sizeBytes !== listed.sizeBytes || file.mtimeNs !== listed.mtimeNs)
    return failed('source.changed', '', 'size or time differs from the listing');
  const half = (from: number) => (doneBytes: number) => options.onProgress?.(Math.floor((from + doneBytes) / 2));
  const written = await writeTarget(file, target, { ...options, onProgress: half(0) });
  if (!written.ok) return written;
  const again = await readThrough(file, { ...options, onProgress: half(file.sizeBytes) });
  if (!again.ok) return again;
  const { sha256, resumedBytes } = written.value;
  if (again.value !== sha256) return failed('source.reads-differ', '', `${sha256}, then ${again.value}`);
  const unchanged = await file.checkUnchanged();
  if (!unchanged.ok) return unchanged;
  const held = await hashTarget(engine, target, file.sizeBytes, options);
  if (!held.ok) return held;
  if (held.value.sha256 !== sha256) return failed('vault.read-back-differs', target, `read ${sha256}, wrote ${held.value.sha256}`);
  const { sizeBytes } = file;
  return done({ sizeBytes, ...held.value, resumedBytes, writtenBytes: sizeBytes - resumedBytes, unread: null, holes: [] });
}

/** Reads a remote file in full. See `CopyEngine.hash`. */
export async function hashRemote(file: RemoteFile, options: JobOptions): Promise<Outcome<Hashed>> {
  const fingerprint = createFingerprint();
  const read = await readThrough(file, options, async (piece) => fingerprint.update(piece));
  if (!read.ok) return read;
  const unchanged = await file.checkUnchanged();
  return unchanged.ok ? done({ sizeBytes: file.sizeBytes, sha256: read.value, fingerprint: fingerprint.digest() }) : unchanged;
}

/** See `CopyEngine.fingerprint`. */
export async function fingerprintRemote(file: RemoteFile): Promise<Outcome<{ sizeBytes: number; fingerprint: string }>> {
  const { sizeBytes } = file;
  const span = Math.min(FINGERPRINT_SPAN, sizeBytes);
  const head = await file.read(0, span);
  if (!head.ok) return head;
  const tail = await file.read(sizeBytes - span, span);
  return tail.ok ? done({ sizeBytes, fingerprint: fingerprintOf(sizeBytes, head.value, tail.value) }) : tail;
}

/** The SHA-256 of a file, read once from its beginning to its end. What `onPiece` throws goes on. */
async function readThrough(
  file: RemoteFile,
  { signal, onProgress }: JobOptions,
  onPiece: (piece: Buffer, offset: number) => Promise<void> = async () => {},
): Promise<Outcome<string>> {
  const sha256 = createHash('sha256');
  for (let offset = 0; offset < file.sizeBytes; ) {
    if (signal.aborted) return failed('docking.interrupted', '', 'stopped');
    const read = await file.read(offset, Math.min(PIECE_BYTES, file.sizeBytes - offset));
    if (!read.ok) return read;
    const piece = Buffer.from(read.value.buffer, read.value.byteOffset, read.value.byteLength);
    sha256.update(piece);
    await onPiece(piece, offset);
    offset += piece.length;
    onProgress?.(offset);
  }
  return done(sha256.digest('hex'));
}

type Written = { sha256: string; resumedBytes: number };

async function writeTarget(file: RemoteFile, target: string, options: JobOptions): Promise<Outcome<Written>> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants;
  try {
    const handle = await fs.promises.open(target, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
    try {
      return await fill(handle, file, options);
    } finally {
      await handle.close();
    }
  } catch (error) {
    return vaultFailure(target, error);
  }
}

async function fill(handle: fs.promises.FileHandle, file: RemoteFile, options: JobOptions): Promise<Outcome<Written>> {
  let presentBytes = (await handle.stat()).size;
  let resumedBytes = 0;
  const read = await readThrough(file, options, async (piece, offset) => {
    const present = presentBytes > offset ? await readUpTo(handle, offset, piece.length) : Buffer.alloc(0);
    const same = samePrefix(present, piece);
    resumedBytes += same;
    if (same === piece.length) return;
    // From the first byte that is not what the camera holds, nothing in the partial is worth anything.
    presentBytes = 0;
    for (let at = same; at < piece.length; ) at += (await handle.write(piece, at, piece.length - at, offset + at)).bytesWritten;
  });
  if (!read.ok) return read;
  await handle.truncate(file.sizeBytes);
  await handle.sync();
  return done({ sha256: read.value, resumedBytes });
}

async function readUpTo(handle: fs.promises.FileHandle, offset: number, lengthBytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(lengthBytes), 0, lengthBytes, offset);
  return buffer.subarray(0, bytesRead);
}

function samePrefix(present: Buffer, piece: Buffer): number {
  if (piece.subarray(0, present.length).equals(present)) return present.length;
  let same = 0;
  while (present[same] === piece[same]) same += 1;
  return same;
}

/** All hashes of what was written, made off this thread. */
async function hashTarget(engine: CopyEngine, target: string, sizeBytes: number, { signal, extraHashes }: HashOptions) {
  const path = Buffer.from(target);
  const mtimeNs = String((await fs.promises.stat(target, { bigint: true })).mtimeNs);
  const hashed = await engine.hashBeginning(path, { sizeBytes, mtimeNs }, sizeBytes, { signal, ...(extraHashes ? { extraHashes } : {}) });
  const read = hashed.ok ? await engine.fingerprint(path, { signal }) : hashed;
  if (!hashed.ok || !read.ok) {
    const { failure } = read as { failure: { code: ErrorCode; detail: string } };
    return failed(failure.code === 'docking.interrupted' ? failure.code : 'vault.read-back-differs', target, failure.detail);
  }
  const { bytes: _, ...digests } = hashed.value;
  return done({ ...digests, fingerprint: read.value.fingerprint });
}
