/** How a destination stands after what it last did: failures of its own in a row, and until when it is left alone. */
export type Breaker = { failures: number; restUntilMs: number | null };
/** `closed`: asked whenever something is due. `open`: left alone. `half-open`: the rest is over, one try shows how it is. */
export type Standing = 'closed' | 'open' | 'half-open';

export const CLOSED: Breaker = { failures: 0, restUntilMs: null };

/** Failures in a row after which a destination is left alone; fewer are what a network does on a bad day. */
export const OPENS_AT = 5;
const FIRST_REST_MS = 60_000;
export const LONGEST_REST_MS = 30 * 60_000;

export function standingOf({ restUntilMs }: Breaker, nowMs: number): Standing {
  if (restUntilMs === null) return 'closed';
  // No rest is longer than this: the clock went back, and waiting for it could take days.
  if (restUntilMs - nowMs > LONGEST_REST_MS) return 'half-open';
  return nowMs < restUntilMs ? 'open' : 'half-open';
}

/** After one more failure; `random` (0 to 1) keeps many stations from coming back to one archive in the same second. */
export function afterFailure(breaker: Breaker, nowMs: number, random: number): Breaker {
  const failures = breaker.failures + 1;
  return { failures, restUntilMs: failures < OPENS_AT ? null : nowMs + restMs(failures, random) };
}

/** While the one try of a half-open breaker is under way everyone else goes on waiting, also when it never comes back. */
export function duringTry({ failures }: Breaker, nowMs: number, random: number): Breaker {
  return { failures, restUntilMs: nowMs + restMs(failures, random) };
}

/** One minute, doubling to half an hour; up to a fifth less by chance. */
function restMs(failures: number, random: number): number {
  const whole = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.max(0, failures - OPENS_AT));
  return Math.round(whole * (1 - random / 5));
}
