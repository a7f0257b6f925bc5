import type { ReadBack } from '../main/contract/entries/ingest.ts';
import type { Failure } from '../main/contract/errors.ts';

/** Facts of a file as a listing gave them; used to notice change, never as proof of content. */
export type ListedFacts = { sizeBytes: number; mtimeNs: string };

export type CopyJob = {
  /** Absolute path on the camera, raw bytes: names need not be valid text. */
  source: Uint8Array;
  /** Absolute path of the partial's file; what it holds already is compared with the source, never trusted. */
  target: string;
  listed: ListedFacts;
  /** Whether a direct read on the target's file system counts as coming from the device. */
  provenFileSystem: boolean;
};

/** A copy whose bytes were flushed, read back from the target and found equal to what was read from the source. */
export type Copied = {
  sizeBytes: number;
  sha256: string;
  sm3: string;
  fingerprint: string;
  readBack: ReadBack;
  /** Bytes found in the target, compared with the source and kept. */
  resumedBytes: number;
  /** Bytes written by this call. */
  writtenBytes: number;
};

export type Hashed = { sizeBytes: number; sha256: string; fingerprint: string };

export type AtRest = { sizeBytes: number; sha256: string; readBack: ReadBack };

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export type JobOptions = { signal: AbortSignal; onProgress?: (doneBytes: number) => void };

/**
 * Copies and hashes files off the caller's thread. There are two: one in C++, and a portable one in TypeScript. Both pass
 * the same conformance tests.
 */
export type CopyEngine = {
  /** Name and version, as recorded with every item. */
  id: string;
  /**
   * Reads the source once, hashing with SHA-256 and SM3 while it writes the target, flushes, reads the target back and
   * compares. Fails with a `source.*` or `vault.*` code; `docking.interrupted` when aborted. Never touches the source.
   */
  copy(job: CopyJob, options: JobOptions): Promise<Outcome<Copied>>;
  /** Reads one file in full. Fails with a `source.*` code, `source.changed` when it changes meanwhile. */
  hash(source: Uint8Array, options: JobOptions): Promise<Outcome<Hashed>>;
  /** SHA-256 over size, first and last 64 kB. Orders work; proves nothing. */
  fingerprint(source: Uint8Array, options: JobOptions): Promise<Outcome<{ sizeBytes: number; fingerprint: string }>>;
  /**
   * Reads a file at rest (vault, archive) in full, past the page cache where the file system allows, so that the hash
   * is of what the device holds. Fails with a `source.*` code when it cannot be read.
   */
  hashAtRest(file: string, options: JobOptions): Promise<Outcome<AtRest>>;
  close(): Promise<void>;
};
