import { z } from 'zod';

/**
 * The value types that every contract shares. They are the only forms in which a fact may enter the ledger:
 * whole numbers below 2^53, valid Unicode, hashes as lower-case hex (the form every checksum tool prints),
 * other bytes as base64url, instants as UTC with milliseconds.
 */

/** A UUID in lower case. Version 7 for what the station makes, version 5 for what agencies number themselves. */
export const Uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a UUID in lower case');
export type Uuid = z.infer<typeof Uuid>;

/** An instant, UTC, always with milliseconds: `2026-03-02T06:03:12.000Z`. */
export const Instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'UTC with ms');
export type Instant = z.infer<typeof Instant>;

/** A date-time as a camera without a time zone tells it: `2026-03-02T14:03:12`. Never converted silently. */
export const LocalDateTime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?$/, 'local date-time without a zone');
export type LocalDateTime = z.infer<typeof LocalDateTime>;

/** 256 bits as 64 lower-case hex digits; used for SHA-256 and SM3 alike. */
export const Hash256 = z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits');
export type Hash256 = z.infer<typeof Hash256>;

/** Any bytes, base64url without padding (RFC 4648 section 5). */
export const Base64Url = z.string().regex(/^[A-Za-z0-9_-]*$/, 'base64url');
export type Base64Url = z.infer<typeof Base64Url>;

/** A count or size: a whole number from 0 to 2^53 - 1. */
export const Count = z.int().nonnegative();
/** A size in bytes. */
export const SizeBytes = Count;
/** A span in milliseconds. */
export const DurationMs = Count;

/** Where a camera-side time comes from; a time without its source is never kept. */
export const TimeSource = z.enum(['station-checked', 'station-unchecked', 'camera', 'gps', 'container', 'name', 'fs']);
export type TimeSource = z.infer<typeof TimeSource>;

/** Whether the station's clock can be relied on for deadlines: synchronised, or confirmed by an admin, within 24 h. */
export const ClockSource = z.enum(['station-checked', 'station-unchecked']);
export type ClockSource = z.infer<typeof ClockSource>;

/** What a file on a camera is, by its profile and extension. */
export const MediaKind = z.enum(['video', 'audio', 'photo', 'track', 'log', 'document', 'identity', 'other']);
export type MediaKind = z.infer<typeof MediaKind>;

/** Who did it. A person is named by UUID, never by name or number; a process by its name. */
export const Actor = z.strictObject({
  kind: z.enum(['system', 'cli', 'person', 'officer']),
  id: z.string().min(1).max(100),
});
export type Actor = z.infer<typeof Actor>;

/** What an entry is about. */
export const SubjectKind = z.enum(['station', 'policy', 'camera', 'docking', 'item', 'sighting', 'refusal', 'unit', 'person', 'case', 'destination']);
export type SubjectKind = z.infer<typeof SubjectKind>;

export const Subject = z.strictObject({ kind: SubjectKind, id: z.string().min(1).max(100) });
export type Subject = z.infer<typeof Subject>;

/** Another thing an entry concerns, and in which role. */
export const Ref = z.strictObject({
  kind: z.enum([...SubjectKind.options, 'medium', 'port']),
  id: z.string().min(1).max(200),
  role: z.string().min(1).max(40),
});
export type Ref = z.infer<typeof Ref>;

/** Which consumer, handling which entry, in which step, produced this entry. Unique: doing it again changes nothing. */
export const Cause = z.strictObject({
  consumer: z.string().min(1).max(40),
  seq: z.int().positive(),
  step: z.string().min(1).max(120),
});
export type Cause = z.infer<typeof Cause>;

/** Hashes that peers' manifests ask for, made beside SHA-256 and SM3; they prove nothing against anybody who means harm. */
export const ExtraHash = z.enum(['md5', 'xxh64']);
export type ExtraHash = z.infer<typeof ExtraHash>;
