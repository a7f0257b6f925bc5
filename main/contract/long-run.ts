import { z } from 'zod';
import { RunFigures } from './entries/station.ts';
import { Failure } from './errors.ts';
import { Count, DurationMs, SizeBytes, Uuid } from './values.ts';

/** How far long work has come. What is not known before it is met (a camera's files) has no total. */
export const Progress = z.object({
  phase: z.enum(['ledger', 'source', 'vault', 'archive', 'forward', 'comparison']),
  /** Files looked at, a copy in the vault and one in the archive each for itself; entries of the ledger; recordings to forward; steps done of a comparison. */
  items: Count,
  ofItems: Count.nullable(),
  /** Of these files, as the ledger knows their sizes. */
  bytes: SizeBytes,
  ofBytes: SizeBytes.nullable(),
});
export type Progress = z.infer<typeof Progress>;

/** The id that whoever begins long work gives it, so that they can stop it: theirs, and none that they joined. */
export const RunId = Uuid.optional();

/** Long work of a station: it goes on when the screen that started it is left, and everybody sees the same. */
export const LongRun = z.object({
  id: Uuid,
  /** What it is about: the archive that is compared, or which check. */
  what: z.string(),
  /** Who started it, by name; null when the name has been erased. */
  by: z.string().nullable(),
  startedAt: z.string(),
  /** Null while it goes on. */
  endedAt: z.string().nullable(),
  /** `stopping`: somebody has stopped it, and what it is at now is being let go. */
  state: z.enum(['running', 'stopping', 'done', 'cancelled', 'failed']),
  elapsedMs: DurationMs,
  progress: Progress.nullable(),
  /** At the speed so far; null while that cannot be said. */
  remainingMs: DurationMs.nullable(),
  /** What it counted, once it is over. */
  figures: RunFigures,
  /** Why it came to nothing. */
  failure: Failure.nullable(),
});
export type LongRun = z.infer<typeof LongRun>;
