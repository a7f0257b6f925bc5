export const TOUCH_EVERY_MS = 10_000;
export const WARN_BEFORE_MS = 15_000;

/** When the station last heard of a person, when a person last did something here, and how long without ends the session; milliseconds. */
export type Presence = { toldAt: number; actedAt: number; idleMs: number };

/** What is to be done now: tell the station, warn with the seconds left, end, or nothing. */
export function idleStep(presence: Presence, now: number): { tell: boolean; secondsLeft: number | null; ended: boolean } {
  const { toldAt, actedAt, idleMs } = presence;
  const tell = actedAt > toldAt && now - toldAt >= Math.min(TOUCH_EVERY_MS, idleMs / 3);
  const left = Math.max(toldAt, actedAt) + idleMs - now;
  if (left <= 0) return { tell: false, secondsLeft: null, ended: true };
  return { tell, secondsLeft: left <= WARN_BEFORE_MS ? Math.ceil(left / 1000) : null, ended: false };
}
