const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
const HEALTHY_MS = 60_000;

/** How many crashes in a row this one is: a station that ran for 60 s starts the count again. */
export function crashesInRow(before: number, ranMs: number): number {
  return ranMs >= HEALTHY_MS ? 1 : before + 1;
}

/** Milliseconds until the next start after so many crashes in a row: 1 s, doubled each time, at most 30 s. */
export function backOffMs(crashes: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, crashes - 1));
}
