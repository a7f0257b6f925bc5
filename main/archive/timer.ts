import { setTimeout } from 'node:timers/promises';

/** Time as it passes, whatever somebody does to the clock. */
export type Timer = {
  nowMs(): number;
  /** Throws the signal's reason when that aborts first. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
};

export const TIMER: Timer = {
  nowMs: () => performance.now(),
  async wait(ms, signal) {
    await setTimeout(ms, undefined, { ref: false, ...(signal ? { signal } : {}) }).catch((error: unknown) => {
      throw signal?.aborted ? signal.reason : error;
    });
  },
};
