import { z } from 'zod';
import { Count, Hash256, Uuid } from './values.ts';

/** What a reconciliation of a whole archive finds, class by class. */
export const ArchiveClass = z.enum(['missing', 'differs', 'extra', 'duplicate', 'late', 'unlinked', 'unreadable']);
export type ArchiveClass = z.infer<typeof ArchiveClass>;

/**
 * Where it is so. `vault`: a docking's certificate counts more originals than its station's ledger has. `archive`: what lies
 * there is not what was confirmed. `catalogue`, `ledger`: a station's tables or segments at the archive are not whole.
 * `station`: of the recording itself.
 */
export const ArchiveLocation = z.enum(['vault', 'archive', 'catalogue', 'ledger', 'station']);

/** The one thing to be done about it. `rewrite`: let the station write its tables or segments there again. */
export const ArchiveAction = z.enum(['resend', 're-read', 'quarantine', 'explain', 'link', 'rewrite']);

/** Why it is so, as far as the tables tell. */
export const ArchiveCause = z.enum([
  ...(['gone-after-receipt', 'not-stored', 'gap', 'not-there'] as const),
  ...(['size', 'content', 'receipt', 'place', 'altered'] as const),
  ...(['no-receipt', 'no-item', 'stray'] as const),
  ...(['other-station', 'not-looked-at'] as const),
  ...(['bounded-by-dockings', 'attached-too-long', 'first-docking', 'clock-unchecked', 'clock-went-back', 'window-too-wide'] as const),
  ...(['suggested', 'no-officer', 'no-case'] as const),
]);
export type ArchiveCause = z.infer<typeof ArchiveCause>;

/** One difference of a reconciled archive. */
export const ArchiveDifference = z.object({
  /** The same in every reconciliation of this archive as long as it is the same difference; null in results from before there were ids. */
  id: Hash256.nullable().default(null),
  class: ArchiveClass,
  location: ArchiveLocation,
  cause: ArchiveCause,
  action: ArchiveAction,
  stationId: Uuid,
  /** What it is about: a recording, an original, a docking, or the key of a file at the archive. */
  unitId: z.string().nullable(),
  itemId: z.string().nullable(),
  dockingId: z.string().nullable(),
  key: z.string().nullable(),
  /** What there should be and what there is, as hash, size, number or place. */
  expected: z.string().nullable(),
  found: z.string().nullable(),
  /** Since when it is known that it should be otherwise; null when nothing tells. */
  since: z.string().nullable(),
  /** The explanation that held when this was found. */
  explanationId: Uuid.nullable().default(null),
});
export type ArchiveDifference = z.infer<typeof ArchiveDifference>;

export const ArchiveCounts = z.strictObject({
  missing: Count,
  differs: Count,
  extra: Count,
  duplicate: Count,
  late: Count,
  unlinked: Count,
  unreadable: Count,
});
export type ArchiveCounts = z.infer<typeof ArchiveCounts>;

/** What a reconciliation of all stations of an archive found, as it is recorded. */
export const ArchiveResult = z.strictObject({
  format: z.literal(1),
  id: Uuid,
  /** The station that compared; it needs no access to the others. */
  station: z.strictObject({ id: Uuid, code: z.string() }),
  destination: z.strictObject({ id: Uuid, name: z.string() }),
  startedAt: z.string(),
  endedAt: z.string(),
  head: z.strictObject({ seq: Count, hash: Hash256 }),
  stations: Count,
  /** Originals in the catalogues, of which the archive holds `same`, and lacks `waiting` that were not confirmed yet. */
  items: Count,
  same: Count,
  waiting: Count,
  /** Originals at the archive of which every byte was read again; the others were compared by their size. */
  read: Count,
  /** The clean reconciliation since which this one looked at the archive; null when it looked at all of it. */
  since: Uuid.nullable().default(null),
  /** Originals that the archive was not asked about, because no receipt of theirs is newer than that. */
  unchanged: Count.default(0),
  /** Up to which entry of each station's ledger receipts were looked at, so that another one can go on from there. */
  upTo: z.array(z.strictObject({ stationId: Uuid, seq: Count })).default([]),
  counts: ArchiveCounts,
  /** Of the listed ones, how many somebody had explained. */
  explained: Count.default(0),
  /** At most 1000 of each class; all are counted. */
  differences: z.array(ArchiveDifference),
});
export type ArchiveResult = z.infer<typeof ArchiveResult>;
