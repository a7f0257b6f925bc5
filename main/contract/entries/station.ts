import { z } from 'zod';
import { ErrorCode } from '../errors.ts';
import { PolicyKey, RETIRED_POLICY_KEYS } from '../policy.ts';
import { ClockSource, Count, DurationMs, Instant, Uuid } from '../values.ts';

export const StationStarted = z.strictObject({
  program: z.string(),
  runtime: z.string(),
  engine: z.string(),
  clock: ClockSource,
});

export const PolicySet = z.strictObject({ key: z.enum([...PolicyKey.options, ...RETIRED_POLICY_KEYS]), value: z.json() });

/** An admin looked at the station's clock and says it is right; counts as a check for 24 hours. */
export const ClockConfirmed = z.strictObject({ by: z.string().min(1).max(100) });

/**
 * The station's clock was set while it ran, `byMs` forward, or back where that is less than 0: entries before this one tell
 * their time by the clock as it was. What was confirmed or synchronised before it says nothing of the clock any more.
 */
export const ClockStepped = z.strictObject({ byMs: z.int() });

export const RunFigure = z.enum(['entries', 'items', 'ofItems', 'violations', 'warnings', 'same', 'differences', 'waiting', 'forwarded']);
/** What long work counted: what it found, or how far it was when it ended without a result. */
export const RunFigures = z.partialRecord(RunFigure, Count);
export type RunFigures = z.infer<typeof RunFigures>;

/** Long work that somebody began is over: done, stopped, or come to nothing. What it found has entries of its own. */
export const RunEnded = z.strictObject({
  runId: Uuid,
  work: z.enum(['reconcile', 'archive', 'verify', 'forward']),
  /** Which kind of it, where there are several: a full check, or only what failed. */
  how: z.enum(['full', 'quick', 'all', 'only-failed']).nullable(),
  /** The archive it was about; null for every one, and for none. */
  destinationId: Uuid.nullable(),
  startedAt: Instant,
  elapsedMs: DurationMs,
  state: z.enum(['done', 'cancelled', 'failed']),
  reason: ErrorCode.nullable(),
  figures: RunFigures,
});
export type RunEnded = z.infer<typeof RunEnded>;
