import { z } from 'zod';
import { ErrorCode } from '../errors.ts';
import { Base64Url, Hash256, LocalDateTime, MediaKind, SizeBytes, TimeSource, Uuid } from '../values.ts';

/** How the bytes in the vault were read for the comparison. `unproven` never permits clearing. */
export const ReadBack = z.enum(['direct', 'cache-dropped', 'unproven']);
export type ReadBack = z.infer<typeof ReadBack>;

/** Facts of a file as the camera's file system listed them, kept to recognise the file on a later docking. */
const SourceFacts = {
  /** Modification time as the file system gave it, nanoseconds since 1970 as a decimal string; FAT has no zone. */
  mtimeNs: z.string().regex(/^-?\d{1,20}$/),
  /** SHA-256 over the first and last 64 kB and the size. Orders work; never proves anything. */
  fingerprint: Hash256,
};

/** Bytes that the camera could not read; zeros stand for them in the stored file. */
const Hole = z.strictObject({ offset: SizeBytes, lengthBytes: z.int().positive() });

export const ItemStored = z.strictObject({
  sizeBytes: SizeBytes,
  sha256: Hash256,
  sm3: Hash256,
  /** Made where policy asked for them. */
  md5: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  xxh64: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  readBack: ReadBack,
  mediaKind: MediaKind,
  /** Lower-case extension without the dot, empty when there is none or it is not plain ASCII. */
  extension: z.string().max(20),
  ...SourceFacts,
  /** SHA-256 of the item's `item.json`, which holds the original path and a salt. */
  sidecarSha256: Hash256,
  engine: z.string(),
  /** Bytes found in a partial and proven equal to the camera's. */
  resumedBytes: SizeBytes,
  /** True when a proven folder without an entry was adopted at start. */
  recovered: z.boolean(),
  /** True when the camera marks the file as important (locked). */
  important: z.boolean(),
  /** Start of the recording as the camera tells it, with its source; null when nothing tells it. */
  start: z.strictObject({ local: LocalDateTime, zone: z.string(), source: TimeSource }).nullable(),
  /** Number in the camera's own sequence, when the name carries one. */
  sequence: z.int().nonnegative().nullable(),
  /** Only of an incomplete item: the map of what is missing, in order. Such an item is never taken for the camera's file. */
  holes: z.array(Hole).min(1).optional(),
  /**
   * The camera gave the bytes over a protocol that does not check them on the way: they were read twice, and both readings had
   * this SHA-256.
   */
  readTwice: z.literal(true).optional(),
  /** The bytes are a whole card, read as it is because no file system on it could be mounted: none of its files was read. */
  cardImage: z.literal(true).optional(),
  /** The incomplete items of the same file that this whole one makes good. */
  replaces: z.array(Uuid).min(1).optional(),
});

/** The same bytes met again on the same camera; read in full and found equal. `path` lives in the sighting's record. */
export const ItemSeenAgain = z.strictObject({
  sightingId: z.string(),
  sha256: Hash256,
  ...SourceFacts,
  samePath: z.boolean(),
});

/** Something on a camera that is not stored, and why. Its path lives in the refusal's private record. */
export const FileRefused = z.strictObject({
  reason: ErrorCode,
  fileType: z.enum(['file', 'directory', 'symlink', 'fifo', 'socket', 'character-device', 'block-device', 'unknown']),
  detail: z.string().max(300),
});

/**
 * A partial copy kept aside, never passed off as the file: its camera file is gone or changed, or its beginning, read again,
 * is no longer what was copied before (`beginning-differs`), or cannot be read any more (`source-unreadable`), so that the
 * partial may be the better reading; the file is copied anew then.
 */
export const PartialQuarantined = z.strictObject({
  reason: z.enum(['source-gone', 'source-changed', 'unreadable-sidecar', 'beginning-differs', 'source-unreadable']),
  sizeBytes: SizeBytes,
});

/** About to remove one file from a camera, every condition met. */
export const ClearIntended = z.strictObject({
  sha256: Hash256,
  pathDigest: Base64Url,
  policy: z.enum(['after-stored', 'after-confirmed']),
});
/** The file is gone from the camera; its bytes were hashed there, in full, just before. */
export const ClearDone = z.strictObject({ sha256: Hash256, pathDigest: Base64Url, removed: z.boolean() });
/** The file stays on the camera, and why. */
export const ClearRefused = z.strictObject({ reason: ErrorCode, pathDigest: Base64Url });
export const DockingCleared = z.strictObject({ removed: z.int().nonnegative(), kept: z.int().nonnegative() });
