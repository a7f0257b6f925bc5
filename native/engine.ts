import type { ReadBack } from '../main/contract/entries/ingest.ts';
import type { Failure } from '../main/contract/errors.ts';
import type { ExtraHash } from '../main/contract/values.ts';

/** Facts of a file as a listing gave them; used to notice change, never as proof of content. */
export type ListedFacts = { sizeBytes: number; mtimeNs: string };

export type CopyJob = {
  /** Absolute path on the camera, raw bytes: names need not be valid text. */
  source: Uint8Array;
  /** Absolute path of the partial's file; what it holds already is compared with the source, never trusted. */
  target: string;
  listed: ListedFacts;
  /**
   * Reads around what cannot be read: a piece that fails is tried again in halves down to 4 kB, and what fails then is one of
   * the `holes`. Of a file of which no byte can be read it fails as without.
   */
  salvage?: boolean;
  /** The source is a block device, a whole card of the listed size; it has no time, which is listed as 0. */
  device?: boolean;
};

/** Bytes that the camera could not read; zeros stand for them in the copy. */
export type Hole = { offset: number; lengthBytes: number };

/** Where a copy lies, and whether a direct read on that file system counts as coming from the device. */
export type CopyPlace = { target: string; provenFileSystem: boolean };

export type Hash = 'sha256' | 'sm3' | ExtraHash;

/** In hexadecimal; of the extra ones those that were asked for. */
export type Digests = { sha256: string; sm3: string } & { [hash in ExtraHash]?: string };

/** The chaining value of a hash between two of its blocks, 32 bytes in hexadecimal, and the library that it is of. */
export type HashState = { library: string; version: string; state: string };

/**
 * Where a copy into a partial stood: its hashes after its first `offset` bytes, which are on the target's device, and the
 * SHA-256 of the last 64 kB of them. It saves time and proves nothing.
 */
export type Checkpoint = { offset: number; sha256: HashState; sm3: HashState; tailSha256: string } & {
  [hash in ExtraHash]?: HashState | undefined;
};

export type Checkpoints = {
  /** A checkpoint each so many bytes, whole MiB; as many before the one gone on from are compared with the source. */
  everyBytes: number;
  /**
   * Where an earlier copy into this target stood. One that is not borne out, or has no state of a hash that is asked for, is
   * passed over, and everything compared.
   */
  from: Checkpoint | null;
  /** Told when the bytes up to there have been flushed. */
  onReached(checkpoint: Checkpoint): void;
};

/** Hashes of the first bytes of a file. */
export type Beginning = Digests & { bytes: number };

/** A copy whose bytes were flushed. What the device holds of it nobody knows before `prove`. */
export type Copied = Digests & {
  sizeBytes: number;
  fingerprint: string;
  /** Bytes found in the target and kept: compared with the source, but for what is `unread`. */
  resumedBytes: number;
  /** Bytes written by this call. */
  writtenBytes: number;
  /**
   * What was taken from a checkpoint without reading the source in full; the target holds what gives this SHA-256. Until
   * `hashBeginning` has found the same in the source, the copy is of bytes that the source may not have.
   */
  unread: Beginning | null;
  /** What of the source could not be read, in order, none touching the next; a whole copy has none. */
  holes: Hole[];
};

/**
 * A copy that was read back from the target's device and found equal to what was read from the source; but for what is
 * `unread`.
 */
export type Proven = Copied & { readBack: ReadBack };

export type Hashed = { sizeBytes: number; sha256: string; fingerprint: string };

export type AtRest = { sizeBytes: number; sha256: string; readBack: ReadBack };

export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** Without `checkpoints` a partial is gone on with by comparing all of it. */
export type CopyOptions = HashOptions & { checkpoints?: Checkpoints };

/** `extraHashes` are made beside SHA-256 and SM3, in the same pass. */
export type HashOptions = JobOptions & { extraHashes?: readonly ExtraHash[] };

export type JobOptions = { signal: AbortSignal; onProgress?: (doneBytes: number) => void };

/**
 * Copies and hashes files off the caller's thread. There are two: one in C++, and a portable one in TypeScript. Both pass
 * the same conformance tests.
 */
export type CopyEngine = {
  /** Name and version, as recorded with every item. */
  id: string;
  /**
   * Reads the source once, hashing with SHA-256, SM3 and what is asked for while it writes the target, and flushes. With a checkpoint to go on
   * from, the native engine reads the first 64 kB of the source and all from `everyBytes` before the checkpoint on; the
   * portable one tells and takes no checkpoints. Fails with a `source.*` or `vault.*` code; `docking.interrupted` when
   * aborted. Never touches the source.
   */
  copy(job: CopyJob, options: CopyOptions): Promise<Outcome<Copied>>;
  /**
   * Reads a copy back past the page cache, now or later, and compares. Fails with `vault.read-back-differs`, with another
   * `vault.*` code when it cannot be read, or with `docking.interrupted`. Progress is of what was read back.
   */
  prove(place: CopyPlace, copied: Copied, options: JobOptions): Promise<Outcome<Proven>>;
  /** Reads one file in full. Fails with a `source.*` code, `source.changed` when it changes meanwhile. */
  hash(source: Uint8Array, options: JobOptions): Promise<Outcome<Hashed>>;
  /**
   * Hashes the first `bytes` of a source, read from the camera anew. Fails with a `source.*` code, `source.changed` when
   * it is not, or is no longer, as listed.
   */
  hashBeginning(source: Uint8Array, listed: ListedFacts, bytes: number, options: HashOptions): Promise<Outcome<Beginning>>;
  /** SHA-256 over size, first and last 64 kB. Orders work; proves nothing. */
  fingerprint(source: Uint8Array, options: JobOptions): Promise<Outcome<{ sizeBytes: number; fingerprint: string }>>;
  /**
   * Reads a file at rest (vault, archive) in full, past the page cache where the file system allows, so that the hash
   * is of what the device holds. Fails with a `source.*` code when it cannot be read.
   */
  hashAtRest(file: string, options: JobOptions): Promise<Outcome<AtRest>>;
  close(): Promise<void>;
};
