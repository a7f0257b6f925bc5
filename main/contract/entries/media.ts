import { z } from 'zod';
import { Count, DurationMs, Hash256, LocalDateTime, SizeBytes, TimeSource } from '../values.ts';

export const StreamFacts = z.strictObject({
  kind: z.enum(['video', 'audio', 'subtitle', 'data']),
  codec: z.string().max(60),
  width: Count.nullable(),
  height: Count.nullable(),
  /** Frames per second as a fraction, because the ledger holds no floats. */
  frameRate: z.strictObject({ numerator: Count, denominator: Count }).nullable(),
  sampleRateHz: Count.nullable(),
  channels: Count.nullable(),
});
export type StreamFacts = z.infer<typeof StreamFacts>;

/** What ffprobe says of an item. Null means it did not say; nothing is guessed. */
export const ItemProbed = z.strictObject({
  outcome: z.enum(['readable', 'damaged', 'not-media', 'limit-exceeded']),
  /** In which way it is damaged, as a short word: `empty`, `no-moov`, `no-streams`, `foreign-format`, `unreadable`, `not-in-vault`. */
  damage: z.string().max(60).nullable(),
  container: z.string().max(120).nullable(),
  durationMs: DurationMs.nullable(),
  streams: z.array(StreamFacts).max(64),
  /** The container's own creation time, verbatim; it may be local or UTC. */
  creationTime: z.string().max(60).nullable(),
  /** Whether a browser plays the original as it is. */
  browserPlayable: z.boolean(),
});
export type ItemProbed = z.infer<typeof ItemProbed>;

export const DerivativeKind = z.enum(['poster', 'proxy']);
export type DerivativeKind = z.infer<typeof DerivativeKind>;

/** A derivative exists under `derived/<unit-id>/`. It can be deleted and made again. */
export const DerivativeMade = z.strictObject({
  kind: DerivativeKind,
  unitId: z.string(),
  file: z.string().max(120),
  sizeBytes: SizeBytes,
  sha256: Hash256,
  tool: z.string().max(200),
});

export const DerivativeFailed = z.strictObject({
  kind: DerivativeKind,
  unitId: z.string(),
  reason: z.string().max(60),
  detail: z.string().max(600),
});

export const UnitKind = z.enum(['recording', 'loose', 'docking']);
export type UnitKind = z.infer<typeof UnitKind>;

export const UnitRole = z.enum(['clip', 'sidecar', 'loose', 'log']);
export type UnitRole = z.infer<typeof UnitRole>;

/**
 * A set of items that is archived as one: the clips of one trigger with their sidecars (`recording`), a single photo,
 * voice note or document (`loose`), or the logs of a docking (`docking`). Closed once, never changed afterwards.
 */
export const UnitClosed = z.strictObject({
  kind: UnitKind,
  items: z.array(z.strictObject({ itemId: z.string(), role: UnitRole, damaged: z.boolean(), durationMs: DurationMs.nullable() })).min(1),
  start: z.strictObject({ local: LocalDateTime, zone: z.string(), source: TimeSource }).nullable(),
  /** From the first clip's start to the last clip's end; null when any clip's length is unknown. */
  durationMs: DurationMs.nullable(),
  /** The recording this one goes on from, when clips of it were found later. */
  continues: z.string().nullable(),
});
export type UnitClosed = z.infer<typeof UnitClosed>;
