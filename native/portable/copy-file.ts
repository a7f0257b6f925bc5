import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { failed } from '../../main/contract/errors.ts';
import type { ExtraHash } from '../../main/contract/values.ts';
import type { AtRest, Beginning, Copied, CopyJob, CopyPlace, Hashed, ListedFacts, Outcome, Proven } from '../engine.ts';
import { SourceFault, sourceFailure, vaultFailure } from '../failures.ts';
import { proofOf } from '../proof.ts';
import { createFingerprint, FINGERPRINT_SPAN, fingerprintOf } from './fingerprint.ts';
import { createHashes } from './hashes.ts';
import { readBack } from './read-back.ts';
import { createSalvage } from './salvage.ts';
import { assertUnchanged, openDevice, openListed, openSource, readAt, type SourceFile } from './source-file.ts';

/** Bytes read and written at a time. Bounds both memory per copy and how long an abort can go unnoticed. */
const BLOCK_BYTES = 1 << 20;

/** Told how far a job is after each block; throws `SourceFault('docking.interrupted')` to stop it. */
export type OnBlock = (doneBytes: number) => void;

/** One copy, synchronously; runs in a worker thread. See `CopyEngine.copy`. */
export function copyFile(job: CopyJob, extraHashes: readonly ExtraHash[], onBlock: OnBlock): Outcome<Copied> {
  let source: SourceFile;
  try {
    source = job.device ? openDevice(job.source, job.listed) : openListed(job.source, job.listed);
  } catch (error) {
    return sourceFailure(job.source, error);
  }
  try {
    return copyOpen(job, extraHashes, source, onBlock);
  } finally {
    fs.closeSync(source.fd);
  }
}

function copyOpen(job: CopyJob, extraHashes: readonly ExtraHash[], source: SourceFile, onBlock: OnBlock): Outcome<Copied> {
  let target: number;
  try {
    const { O_RDWR, O_CREAT, O_NOFOLLOW } = fs.constants;
    target = fs.openSync(job.target, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
  } catch (error) {
    return vaultFailure(job.target, error);
  }
  try {
    return transfer(job, extraHashes, source, target, onBlock);
  } finally {
    fs.closeSync(target);
  }
}

function transfer(job: CopyJob, extraHashes: readonly ExtraHash[], source: SourceFile, target: number, onBlock: OnBlock): Outcome<Copied> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  const present = Buffer.allocUnsafe(BLOCK_BYTES);
  const hashes = createHashes(extraHashes);
  const fingerprint = createFingerprint();
  let presentBytes = fs.fstatSync(target).size;
  let offset = 0;
  let resumedBytes = 0;
  const salvage = createSalvage(source, onBlock);
  for (;;) {
    let read: number;
    try {
      onBlock(offset);
      read = job.salvage ? salvage.read(block, offset) : readAt(source.fd, block, 0, BLOCK_BYTES, offset);
      if (read === 0) assertUnchanged(job.source, source, offset);
    } catch (error) {
      return sourceFailure(job.source, error);
    }
    if (read === 0) break;
    const bytes = block.subarray(0, read);
    hashes.update(bytes);
    fingerprint.update(bytes);
    try {
      const same = presentBytes > offset ? samePrefix(target, present, bytes, offset, presentBytes) : 0;
      resumedBytes += same;
      // From the first byte that is not what the camera holds, nothing in the partial is worth anything.
      if (same < read) {
        presentBytes = 0;
        writeAll(target, bytes.subarray(same), offset + same);
      }
    } catch (error) {
      return vaultFailure(job.target, error);
    }
    offset += read;
  }
  const { holes } = salvage;
  // There is nothing to keep.
  if (offset > 0 && holes[0]?.lengthBytes === offset)
    return failed('source.unreadable', Buffer.from(job.source).toString('utf8'), 'EIO: no byte of it can be read');
  try {
    fs.ftruncateSync(target, offset);
    fs.fsyncSync(target);
  } catch (error) {
    return vaultFailure(job.target, error);
  }
  const digests = { ...hashes.digests(), fingerprint: fingerprint.digest() };
  return { ok: true, value: { sizeBytes: offset, ...digests, resumedBytes, writtenBytes: offset - resumedBytes, unread: null, holes } };
}

/** How many leading bytes of `bytes` the target holds at `offset` already. */
function samePrefix(target: number, present: Buffer, bytes: Buffer, offset: number, presentBytes: number): number {
  const length = Math.min(bytes.length, presentBytes - offset);
  const read = readAt(target, present, 0, length, offset);
  if (bytes.subarray(0, read).equals(present.subarray(0, read))) return read;
  let same = 0;
  while (bytes[same] === present[same]) same += 1;
  return same;
}

function writeAll(target: number, bytes: Buffer, offset: number): void {
  let written = 0;
  while (written < bytes.length) written += fs.writeSync(target, bytes, written, bytes.length - written, offset + written);
}

/** Reads a copy back and compares. See `CopyEngine.prove`. */
export function proveCopy({ target, provenFileSystem }: CopyPlace, copied: Copied, onBlock: OnBlock): Outcome<Proven> {
  try {
    return proofOf(target, copied, readBack(target, provenFileSystem, onBlock));
  } catch (error) {
    return error instanceof SourceFault ? sourceFailure(Buffer.from(target), error) : vaultFailure(target, error);
  }
}

/** Reads one file in full and hashes it. See `CopyEngine.hash`. */
export function hashFile(path: Uint8Array, onBlock: OnBlock): Outcome<Hashed> {
  return reading(
    path,
    () => openSource(path),
    (source) => {
      const block = Buffer.allocUnsafe(BLOCK_BYTES);
      const sha256 = createHash('sha256');
      const fingerprint = createFingerprint();
      let offset = 0;
      for (;;) {
        onBlock(offset);
        const read = readAt(source.fd, block, 0, BLOCK_BYTES, offset);
        if (read === 0) break;
        sha256.update(block.subarray(0, read));
        fingerprint.update(block.subarray(0, read));
        offset += read;
      }
      assertUnchanged(path, source, offset);
      return { sizeBytes: offset, sha256: sha256.digest('hex'), fingerprint: fingerprint.digest() };
    },
  );
}

/** Hashes the first bytes of one file. See `CopyEngine.hashBeginning`. */
export function hashBeginning(
  path: Uint8Array,
  listed: ListedFacts,
  bytes: number,
  extraHashes: readonly ExtraHash[],
  onBlock: OnBlock,
): Outcome<Beginning> {
  const open = () => openListed(path, listed);
  return reading(path, open, (source) => {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    const hashes = createHashes(extraHashes);
    let offset = 0;
    while (offset < bytes) {
      onBlock(offset);
      const read = readAt(source.fd, block, 0, Math.min(BLOCK_BYTES, bytes - offset), offset);
      if (read === 0) throw new SourceFault('source.changed', 'shorter than listed');
      hashes.update(block.subarray(0, read));
      offset += read;
    }
    assertUnchanged(path, source, listed.sizeBytes);
    return { bytes, ...hashes.digests() };
  });
}

/** Reads head and tail of one file. See `CopyEngine.fingerprint`. */
export function fingerprintFile(path: Uint8Array): Outcome<{ sizeBytes: number; fingerprint: string }> {
  return reading(
    path,
    () => openSource(path),
    (source) => {
      const span = Math.min(FINGERPRINT_SPAN, source.sizeBytes);
      const head = readSpan(source.fd, 0, span);
      const tail = readSpan(source.fd, source.sizeBytes - span, span);
      return { sizeBytes: source.sizeBytes, fingerprint: fingerprintOf(source.sizeBytes, head, tail) };
    },
  );
}

function readSpan(fd: number, from: number, length: number): Buffer {
  const span = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const read = readAt(fd, span, filled, length - filled, from + filled);
    if (read === 0) throw new SourceFault('source.changed', 'shorter than listed');
    filled += read;
  }
  return span;
}

function reading<T>(path: Uint8Array, open: () => SourceFile, read: (source: SourceFile) => T): Outcome<T> {
  let source: SourceFile | null = null;
  try {
    source = open();
    return { ok: true, value: read(source) };
  } catch (error) {
    return sourceFailure(path, error);
  } finally {
    if (source) fs.closeSync(source.fd);
  }
}

/** Hash of a file at rest. See `CopyEngine.hashAtRest`. */
export function hashFileAtRest(file: string, onBlock: OnBlock): Outcome<AtRest> {
  try {
    return { ok: true, value: readBack(file, true, onBlock) };
  } catch (error) {
    return sourceFailure(Buffer.from(file), error);
  }
}
