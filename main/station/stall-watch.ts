export type StallWatch = { touch(): void; stop(): void };

/** Calls `onStall` once when nothing has touched it for `stallMs`, and again after each touch that is followed by such a silence. */
export function createStallWatch(stallMs: number, onStall: () => void): StallWatch {
  let timer: NodeJS.Timeout | null = null;
  return {
    touch() {
      if (timer) timer.refresh();
      else timer = setTimeout(onStall, stallMs).unref();
    },
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}
