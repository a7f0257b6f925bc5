import { z } from 'zod';
import { ActionKind, MarkKind, Stage } from '../notice.ts';
import { ClockSource, DurationMs, Instant, Uuid } from '../values.ts';

/** A person the station knows of; name and number live in the private record. */
export const PersonRegistered = z.strictObject({
  /** Where the number came from. */
  source: z.enum(['profile', 'file-name', 'operator', 'import', 'case-list']),
});

/** A case as the agency's list gives it. Number, title and place live in the private record. */
export const CaseImported = z.strictObject({
  actionKind: ActionKind,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
});

/** Everything of the case has to be kept until the hold is taken back. Why lies in the hold's private record, because it may name somebody. */
export const CaseHeld = z.strictObject({ holdId: Uuid });

/** The hold no longer stands; that it did, who wanted it and when stays on the ledger. */
export const CaseReleased = z.strictObject({ holdId: Uuid });

export const UnitLinked = z.strictObject({ caseId: z.string(), stage: Stage.nullable() });

/** The link to a case was taken back; who made it and when stays on the ledger. */
export const UnitUnlinked = z.strictObject({});

/**
 * A person marked a place: so many milliseconds into one item, which holds however clips are laid on a line. The words
 * lie in the mark's private record, because they may name somebody.
 */
export const UnitMarked = z.strictObject({ markId: Uuid, kind: MarkKind, itemId: z.string(), offsetMs: DurationMs });

/** The mark was taken back; that it was there, who made it and when stays on the ledger. */
export const UnitUnmarked = z.strictObject({ markId: Uuid });

/** The station thinks the unit may belong to the case: exactly one case of its officer overlaps it in time. Not a link. */
export const LinkSuggested = z.strictObject({ caseId: z.string(), basis: z.literal('officer-and-time') });

/**
 * Whether the unit was stored in time. It was recorded somewhere between `earliest` (the last clean end of a docking
 * of this camera) and `latest` (this docking's start), both by the station's clock.
 */
export const DeadlineSettled = z.strictObject({
  rule: z.literal('store-within'),
  hours: z.int().positive(),
  outcome: z.enum(['on-time', 'late', 'undetermined']),
  basis: z.enum(['bounded-by-dockings', 'attached-too-long', 'first-docking', 'clock-unchecked', 'clock-went-back', 'window-too-wide']),
  earliest: Instant.nullable(),
  latest: Instant,
  storedAt: Instant,
  clock: ClockSource,
});
export type DeadlineSettled = z.infer<typeof DeadlineSettled>;
