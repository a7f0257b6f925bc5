import type { Timer } from './timer.ts';

/** Waits until so many more bytes may go. Throws the signal's reason when that aborts first. */
export type Pace = (bytes: number, signal?: AbortSignal) => Promise<void>;

/** How long at most until the rate is asked for again, and how long until then while nothing may go. */
const LOOK_MS = 60_000;

/**
 * Lets bytes go at a rate (bytes a second; null: no limit; 0: none), asked for each time, whoever asks for them. What was let
 * go is paid for by who asks next: a block goes out whole, and the mean holds from the second one on.
 */
export function createPace(rate: () => number | null, timer: Timer): Pace {
  let owedBytes = 0;
  let paidMs = timer.nowMs();
  return async (bytes, signal) => {
    for (;;) {
      signal?.throwIfAborted();
      const now = timer.nowMs();
      const perSecond = rate();
      owedBytes = perSecond === null ? 0 : Math.max(0, owedBytes - (perSecond * (now - paidMs)) / 1000);
      paidMs = now;
      if (perSecond === null) return;
      if (perSecond > 0 && owedBytes < 1) {
        owedBytes += bytes;
        return;
      }
      await timer.wait(perSecond === 0 ? LOOK_MS : Math.min(LOOK_MS, Math.ceil((owedBytes / perSecond) * 1000)), signal);
    }
  };
}
