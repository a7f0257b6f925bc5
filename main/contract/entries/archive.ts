import { z } from 'zod';
import { ArchiveClass, ArchiveCounts } from '../archive-difference.ts';
import { ErrorCode } from '../errors.ts';
import { Base64Url, Count, Hash256, Instant, SizeBytes, Uuid } from '../values.ts';

/**
 * `folder` also takes network drives; `s3` any store that speaks its protocol; `sftp` a folder of a server that is reached by SSH;
 * `swift` what speaks the body worn integration API.
 */
export const DestinationKind = z.enum(['folder', 's3', 'sftp', 'swift']);
export type DestinationKind = z.infer<typeof DestinationKind>;

/**
 * What a server was found to be able to do when it was added; `fsync`: to flush what it was sent to its disk. From `read-back` on
 * those of a content destination.
 */
export const Capability = z.enum([
  'versioning',
  'object-lock',
  'conditional-create',
  'fsync',
  'read-back',
  'system-id',
  'user-id',
  'bookmarks',
  'gnss-track',
  'rejected-content',
]);
export type Capability = z.infer<typeof Capability>;

export const DestinationAdded = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and hyphens'),
  kind: DestinationKind,
  /** The far end's own identity, checked before every batch. */
  identity: Uuid,
  /** True when it lies on the vault's own file system, where it protects against nothing. */
  sameDisk: z.boolean(),
  /** What it was found to be able to do; only of a server. */
  capabilities: z.array(Capability).optional(),
});

/** At most so much a second goes to a destination, and as much is read back, in these hours of the station's day; 0: nothing goes. */
export const BandwidthCap = z.strictObject({
  fromHour: z.int().min(0).max(23),
  /** The hour in which it no longer holds; at or before `fromHour` it is one of the next day. */
  toHour: z.int().min(1).max(24),
  bytesPerSecond: z.union([z.literal(0), z.int().min(16_000).max(100_000_000_000)]),
});
export type BandwidthCap = z.infer<typeof BandwidthCap>;

/** How the outbox treats a destination from here on, all of it. One that nobody scheduled has the defaults of `UNSCHEDULED`. */
export const DestinationScheduled = z.strictObject({
  /** Nothing goes there until it is no longer paused. */
  paused: z.boolean(),
  /** Gets a unit when that destination has confirmed it (cascading); null: as soon as the unit is closed. */
  after: Uuid.nullable(),
  /** Where several hold in one hour, the lowest does. */
  caps: z.array(BandwidthCap).max(24),
});
export type DestinationScheduled = z.infer<typeof DestinationScheduled>;

export const UNSCHEDULED: DestinationScheduled = { paused: false, after: null, caps: [] };

export const ForwardIntended = z.strictObject({ destinationId: Uuid });

/** What an object store says of one file of a bag, after every byte was read back. */
export const ObjectHeld = z.strictObject({
  file: z.string().max(300),
  /** The version that was read; null where the store keeps none. */
  versionId: z.string().max(200).nullable(),
  /** Until when the store refuses to delete that version, by its own word; null when it was not asked to. */
  retainUntil: Instant.nullable(),
  /** Container and object, where that is not the bag's path. */
  place: z.string().max(700).optional(),
  /** The far end's mark of it; null where it gives none. */
  etag: z.string().max(200).nullable().optional(),
});
export type ObjectHeld = z.infer<typeof ObjectHeld>;

/** How long something has to be kept: until then, and beyond it for as long as a legal hold stands. */
export const RetentionDue = z.strictObject({ until: Instant, legalHold: z.boolean() });
export type RetentionDue = z.infer<typeof RetentionDue>;

/** What a destination holds of a unit, and how that is known. */
export const Receipt = z.strictObject({
  destinationId: Uuid,
  /** Path of the bag below the destination's root; ASCII. */
  bag: z.string().max(300),
  /**
   * `read-back`: every byte was read from the destination and hashed. `acknowledged`: the far end says so, and lets nobody read;
   * it counts for nothing that needs a proof.
   */
  proof: z.enum(['read-back', 'acknowledged']),
  manifestSha256: Hash256,
  /** Hash of `tagmanifest-sha256.txt`, so that the ledger vouches for every byte of the bag. */
  tagManifestSha256: Hash256,
  items: z.array(z.strictObject({ itemId: z.string(), sha256: Hash256, sizeBytes: SizeBytes })),
  /** Each file of the bag as an object store holds it; none of other destinations. */
  objects: z.array(ObjectHeld).optional(),
  /** Whether the server flushed every file and folder of the bag to its disk when asked to; only of those reached by SFTP. */
  flushed: z.boolean().optional(),
  /** How long the unit had to be kept by what was known then. Receipts made before retention was recorded have none. */
  retention: RetentionDue.optional(),
});
export const ForwardDone = Receipt;
export type Receipt = z.infer<typeof Receipt>;

/**
 * A unit that a destination holds has to be kept for longer, or a legal hold came or went; never for shorter. `enforcedUntil`:
 * until when the far end itself refuses to delete it, by its own word; null where it cannot refuse, and was told nothing.
 */
export const RetentionExtended = z.strictObject({ destinationId: Uuid, ...RetentionDue.shape, enforcedUntil: Instant.nullable() });

/** An original is removed from the vault next: these archives were read once more, and hold its bytes. */
export const FreeIntended = z.strictObject({
  unitId: Uuid,
  sha256: Hash256,
  because: z.enum(['age', 'space']),
  destinationIds: z.array(Uuid).min(1),
});

/** An original is no longer in the vault. `removed`: false when a stop came in between and it was found to be gone. */
export const FreeDone = z.strictObject({ unitId: Uuid, removed: z.boolean() });

/** Policy would have freed a unit, and an archive did not prove to hold it any more. */
export const FreeRefused = z.strictObject({ reason: ErrorCode });

/** An attempt did not get through; what was sent so far stays and is looked at again on the next one. */
export const ForwardFailed = z.strictObject({ destinationId: Uuid, reason: ErrorCode, detail: z.string().max(600), attempt: Count });

/** Cameras or a folder, vault and archive compared item by item. */
export const ReconciliationDone = z.strictObject({
  destinationId: Uuid.nullable(),
  same: Count,
  missing: Count,
  differs: Count,
  extra: Count,
  waiting: Count,
  /**
   * The whole result, difference by difference, lies in the reconciliation's private record because it names files; the
   * ledger vouches for it by its hash. Entries made before results were kept have none.
   */
  result: z
    .strictObject({ id: Uuid, sha256: Hash256, startedAt: Instant, /** Differences that were explained at the time. */ explained: Count })
    .optional(),
});

/**
 * Somebody says why a difference is there. Holds for exactly this difference, wherever it is met again: `digest` is SHA-256
 * over a salt, what identifies the difference, and the reason, all of which lie in the explanation's private record.
 */
export const DifferenceExplained = z.strictObject({
  explanationId: Uuid,
  /** The reconciliation whose result the difference was taken from. */
  reconciliationId: Uuid,
  code: ErrorCode,
  /** Null for a difference in the vault, which is the same whichever destination it is compared with. */
  destinationId: Uuid.nullable(),
  /** Hash the ledger has for it; null when it has none. */
  expectedSha256: Hash256.nullable(),
  /** Hash of what was found; null when nothing was. */
  foundSha256: Hash256.nullable(),
  digest: Base64Url,
});

/** The explanation no longer holds: the difference is open again. */
export const DifferenceReopened = z.strictObject({ explanationId: Uuid });

/**
 * All stations of an archive compared with what it holds, from its catalogue alone. The whole result lies in a private record;
 * the ledger vouches for it by its hash.
 */
export const ArchiveReconciled = z.strictObject({
  destinationId: Uuid,
  stations: Count,
  items: Count,
  same: Count,
  waiting: Count,
  read: Count,
  /** The reconciliation since which the archive was looked at, and the originals left out for that; none for all of it. */
  since: Uuid.optional(),
  unchanged: Count.optional(),
  /** Differences that were explained at the time. */
  explained: Count.optional(),
  counts: ArchiveCounts,
  result: z.strictObject({ id: Uuid, sha256: Hash256, startedAt: Instant }),
});

/** The same as `difference.explained` of a difference that a reconciliation of all stations found; taken back alike. */
export const ArchiveDifferenceExplained = z.strictObject({
  explanationId: Uuid,
  reconciliationId: Uuid,
  destinationId: Uuid,
  class: ArchiveClass,
  /** The station it is about. */
  stationId: Uuid,
  digest: Base64Url,
});
