/** Free bytes of the vault's file system at a moment. */
export type SpaceSample = { atMs: number; freeBytes: number };

/**
 * When a disk will be full: `growthBytes` a day, as a line through what was measured shows it, over `measuredMs`. Null when it
 * was not measured for long enough; `fullAtMs` is null when nothing grows.
 */
export type Forecast = { growthBytes: number; measuredMs: number; fullAtMs: number | null };

const DAY_MS = 86_400_000;
/** Shorter than a working day, one shift would stand for all of them. */
export const LEAST_MEASURED_MS = DAY_MS;
/** Past this nobody can say. */
const FARTHEST_MS = 3650 * DAY_MS;

/**
 * Least-squares line through the samples, extended from the newest one down to the reserve. What fills the disk is in it
 * whatever it is: originals, derivatives, an archive on the same disk; and what is freed is in it too.
 */
export function forecast(samples: readonly SpaceSample[], reserveBytes: number): Forecast | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.atMs - first.atMs < LEAST_MEASURED_MS) return null;
  // From the first one, so that squares of milliseconds since 1970 do not eat the digits.
  const points = samples.map(({ atMs, freeBytes }) => ({ x: (atMs - first.atMs) / DAY_MS, y: first.freeBytes - freeBytes }));
  const mean = (of: (point: { x: number; y: number }) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const slope = mean(({ x, y }) => (x - meanX) * (y - meanY)) / mean(({ x }) => (x - meanX) ** 2);
  const growthBytes = Math.round(slope);
  const leftMs = growthBytes <= 0 ? Number.POSITIVE_INFINITY : (Math.max(0, last.freeBytes - reserveBytes) / growthBytes) * DAY_MS;
  return { growthBytes, measuredMs: last.atMs - first.atMs, fullAtMs: leftMs > FARTHEST_MS ? null : Math.round(last.atMs + leftMs) };
}
