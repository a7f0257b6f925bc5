import type { BandwidthCap } from '../contract/entries/archive.ts';

/** The least that the caps allow in an hour of the day (0 to 23), in bytes a second; null where none holds. */
export function rateAt(caps: readonly BandwidthCap[], hour: number): number | null {
  const holding = caps.filter(({ fromHour, toHour }) => (fromHour < toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour));
  return holding.length === 0 ? null : Math.min(...holding.map((cap) => cap.bytesPerSecond));
}

/** Bags under way to one destination at the same time, at most. */
export const MOST_AT_ONCE = 4;

/** How many at the same time after one more went well: one more by each round of them. */
export function wider(width: number): number {
  return Math.min(MOST_AT_ONCE, width + 1 / width);
}

/** How many at the same time after the destination itself failed: half. */
export function narrower(width: number): number {
  return Math.max(1, width / 2);
}

const FIRST_MS = 5_000;
export const LONGEST_BACK_OFF_MS = 30 * 60_000;

/** How long to wait after so many failures in a row: anything up to a limit that doubles ("full jitter"; `random` is 0 to 1). */
export function backOffMs(failures: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_BACK_OFF_MS, FIRST_MS * 2 ** Math.min(failures, 30)));
}
