/** Span over which speed is averaged. */
const WINDOW_MS = 3000;

/**
 * Bytes per second over the last three seconds. Feed it the clock (ms) and the total so far; null until there are two
 * moments at least half a second apart.
 */
export function createRate(): (atMs: number, totalBytes: number) => number | null {
  let moments: { atMs: number; totalBytes: number }[] = [];
  return (atMs, totalBytes) => {
    moments = [...moments.filter((one) => atMs - one.atMs <= WINDOW_MS), { atMs, totalBytes }];
    const first = moments[0];
    if (!first || atMs - first.atMs < 500) return null;
    return Math.max(0, Math.round(((totalBytes - first.totalBytes) * 1000) / (atMs - first.atMs)));
  };
}
