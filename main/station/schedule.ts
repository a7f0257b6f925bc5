import type { NextFile, Turn } from '../ingest/index.ts';
import { nextTurn, type Rules } from './schedule.pure.ts';

type Asking = NextFile & { give(turn: Turn): void };
type Held = { line: Line; stop: AbortController };

/** One docked camera in the schedule. */
type Line = { camera: string; controller: string; first: number; served: number; paused: boolean; stalled: boolean; asking: Asking | null };

export type Schedule = ReturnType<typeof createSchedule>;
export type Place = ReturnType<Schedule['join']>;

/**
 * Gives the files of all docked cameras their turns at the copy engine, one by one, as `nextTurn` decides. `rules` is asked
 * at each decision, so a change of policy counts from the next one on.
 */
export function createSchedule(rules: () => Rules) {
  const lines = new Set<Line>();
  const held = new Set<Held>();
  let clock = 0;
  let firsts = 0;

  function pump(): void {
    for (;;) {
      const waiting = [...lines].flatMap(({ asking, paused, ...line }) => (asking && !paused ? [{ ...line, ...asking }] : []));
      const underWay = [...held].map(({ line: { camera, controller, stalled } }) => ({ camera, controller, stalled }));
      const next = waiting.length > 0 ? nextTurn(waiting, underWay, clock, rules()) : null;
      if (!next) return;
      clock = next.clock;
      const line = [...lines].find((one) => one.camera === next.camera) as Line;
      line.served = next.served;
      give(line);
    }
  }

  function give(line: Line): void {
    const turn: Held = { line, stop: new AbortController() };
    held.add(turn);
    const { asking } = line;
    line.asking = null;
    asking?.give({
      signal: turn.stop.signal,
      release() {
        // A second release frees nothing.
        if (held.delete(turn)) pump();
      },
    });
  }

  function ask(line: Line, next: NextFile, signal: AbortSignal): Promise<Turn | null> {
    if (line.asking) throw new Error('a camera asks for one turn at a time');
    if (signal.aborted) return Promise.resolve(null);
    return new Promise((resolve) => {
      const withdraw = () => {
        line.asking = null;
        resolve(null);
      };
      signal.addEventListener('abort', withdraw, { once: true });
      line.asking = {
        ...next,
        give(turn) {
          signal.removeEventListener('abort', withdraw);
          resolve(turn);
        },
      };
      pump();
    });
  }

  return {
    /** A camera is docked; `camera` is its docking, `controller` what its port hangs on. */
    join(camera: string, controller: string) {
      const line: Line = { camera, controller, first: 0, served: 0, paused: false, stalled: false, asking: null };
      lines.add(line);
      const mine = () => [...held].filter((one) => one.line === line);
      return {
        /** One turn at a time may be asked for; null when the signal is aborted first. */
        take: (next: NextFile, signal: AbortSignal) => ask(line, next, signal),
        underWay: () => mine().length,
        /** Stops what is under way at its next block; no turns until `resume`. */
        pause(): void {
          line.paused = true;
          for (const { stop } of mine()) stop.abort();
        },
        resume(): void {
          line.paused = false;
          pump();
        },
        /** A file of it was put first, of whichever rank the one is that it asks for. */
        fileFirst(rank: number): void {
          if (line.asking) line.asking.rank = rank;
        },
        /** Says that it gives nothing at present, or that it does again. */
        stall(stalled: boolean): void {
          if (line.stalled === stalled) return;
          line.stalled = stalled;
          pump();
        },
        first(number: number): void {
          line.first = number;
        },
        leave: () => void lines.delete(line),
      };
    },
    /** Puts these before all others, and before those that were put first earlier; copies under way go on. */
    putFirst(places: readonly { first(number: number): void }[]): void {
      firsts += 1;
      for (const place of places) place.first(firsts);
    },
  };
}
