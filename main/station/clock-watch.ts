import os from 'node:os';

/** How often the clock is compared with the time since the machine was started, ms. */
export const CLOCK_LOOK_MS = 1000;
/** A clock that is slewed goes off by half a millisecond in a second, and `os.uptime` tells hundredths: more than this was set, ms. */
const STEP_MS = 500;
/** A process that was not run between two questions has no use for their answers, ms. */
const PROMPT_MS = 100;

/** The two clocks of a machine: the one that is set, and the one that never is and goes on while the machine is suspended. */
export type MachineClocks = { nowMs(): number; uptimeMs(): number };

export const MACHINE_CLOCKS: MachineClocks = { nowMs: Date.now, uptimeMs: () => os.uptime() * 1000 };

/** Tells by how much the clock was set between two looks: 0 when it went on as it should, less than 0 when it was set back. */
export function createStepFinder(clocks: MachineClocks): () => number {
  let startedAtMs = startOf(clocks);
  return () => {
    const now = startOf(clocks);
    if (now === null) return 0;
    const byMs = startedAtMs === null ? 0 : Math.round(now - startedAtMs);
    startedAtMs = now;
    return Math.abs(byMs) < STEP_MS ? 0 : byMs;
  };
}

/** When the machine was started, by its clock as it is now; null when there was no time to ask. */
function startOf({ nowMs, uptimeMs }: MachineClocks): number | null {
  const before = uptimeMs();
  const now = nowMs();
  const after = uptimeMs();
  return after - before > PROMPT_MS ? null : now - after;
}

/** Calls `onStep` whenever the clock was set, until it is told to stop. A machine that wakes up has not had its clock set. */
export function watchClock(onStep: (byMs: number) => void, clocks = MACHINE_CLOCKS): { close(): void } {
  const find = createStepFinder(clocks);
  const timer = setInterval(() => {
    const byMs = find();
    if (byMs !== 0) onStep(byMs);
  }, CLOCK_LOOK_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
