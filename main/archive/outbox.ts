import type { EntryType } from '../contract/entries/index.ts';
import { LedgerWriteError, type RunningConsumer } from '../ledger/index.ts';
import { createProver, type Prover } from './custody.ts';
import { type Destination, listDestinations } from './destinations.ts';
import { closingOf, type DueUnit, dueUnits } from './due.ts';
import type { ForwardContext } from './forward.ts';
import { forwardOnce, isAtTheDoor, mirrorOnce, unlessStopped } from './forward-once.ts';
import { backOffMs, narrower, wider } from './pace.pure.ts';

/** After these entries something else may be due, or may go. */
const WAKES: ReadonlySet<string> = new Set<EntryType>([
  ...(['unit.closed', 'unit.linked', 'unit.unlinked', 'destination.added', 'destination.scheduled', 'forward.done', 'policy.set'] as const),
]);

/** However long the next thing is off, the queue is looked at again after this: hours begin and rests end by the clock. */
const LOOK_MS = 30_000;

/** What goes to one destination now, and what keeps it. */
type Lane = {
  /** Aborts what is under way. */
  stop: AbortController;
  active: Set<string>;
  /** How many may be under way; grows while all goes well, halves when the destination fails. */
  width: number;
  /** Failures of the destination itself in a row, and until when nothing is begun after the last of them. */
  failures: number;
  waitUntilMs: number;
  /** Units that failed by themselves: how often, and until when each is left alone. */
  tries: Map<string, { failures: number; waitUntilMs: number }>;
  prover: Prover | null;
  /** Units that went since the ledger was mirrored there, and whether that goes on. */
  unmirrored: number;
  mirroring: boolean;
};

/** Units after which the ledger is mirrored although more of them are due. */
const MIRROR_EVERY = 50;
/** Stands for the ledger among what failed by itself. */
const LEDGER = 'ledger';

/**
 * The outbox: forwards every closed unit to every destination there is, each in a lane of its own, so that none holds up
 * another. A lane's queue is the projection `forward_queue`, the ledger's word on what the destination lacks from the first
 * recording on, whenever it was added. What fails is asked again after a while; what is done is on the ledger, so a restart
 * goes on where it stopped.
 */
export function runOutbox(context: ForwardContext, onBug: (error: unknown) => void): Pick<RunningConsumer, 'idle' | 'stop'> {
  const { ledger, timer, breakers, paces } = context;
  const lanes = new Map<string, Lane>();
  const running = new Set<Promise<void>>();
  let stopped = false;
  let alarm = new AbortController();
  let idlers: (() => void)[] = [];
  const unsubscribe = ledger.subscribe((entries) => {
    if (entries.some((entry) => WAKES.has(entry.type))) pump();
  });

  function laneOf(id: string): Lane {
    const found = lanes.get(id) ?? newLane(context);
    lanes.set(id, found);
    return found;
  }

  function pump(): void {
    if (stopped) return;
    const wakes = listDestinations(ledger).map((destination) => startWhatMay(destination, laneOf(destination.id)));
    alarm.abort();
    alarm = new AbortController();
    const soonest = Math.min(...wakes);
    if (soonest < Number.POSITIVE_INFINITY) {
      timer.wait(Math.max(0, soonest - timer.nowMs()), alarm.signal).then(pump, () => undefined);
    }
    if (running.size === 0) for (const resolve of idlers.splice(0)) resolve();
  }

  /** Begins what may go to a destination now; says when to look again, never when nothing waits there. */
  function startWhatMay(destination: Destination, lane: Lane): number {
    const now = timer.nowMs();
    if (destination.schedule.paused || paces.rateNow(destination.schedule.caps) === 0) {
      // What is under way is let go of, and gone on with when it may.
      if (lane.active.size > 0) {
        lane.stop.abort(new Error('the destination gets nothing now'));
        lane.stop = new AbortController();
      }
      return destination.schedule.paused ? Number.POSITIVE_INFINITY : now + LOOK_MS;
    }
    if (now < lane.waitUntilMs) return lane.waitUntilMs;
    let next = nextDue(destination, lane, now);
    while (next && lane.active.size < atOnce(destination, lane) && breakers.mayTry(destination.id)) {
      start(destination, lane, next);
      next = nextDue(destination, lane, now);
    }
    const drained = !next && lane.active.size === 0 && lane.unmirrored > 0;
    const mayMirror = !lane.mirroring && now >= (lane.tries.get(LEDGER)?.waitUntilMs ?? 0);
    if ((drained || lane.unmirrored >= MIRROR_EVERY) && mayMirror && breakers.mayTry(destination.id)) mirror(destination, lane);
    const waits = [...lane.tries.values()].map((one) => one.waitUntilMs).filter((ms) => ms > now);
    if (next || lane.unmirrored > 0) waits.push(now + LOOK_MS);
    return Math.min(...waits);
  }

  function nextDue(destination: Destination, lane: Lane, now: number): DueUnit | null {
    for (const due of dueUnits(ledger, destination.id)) {
      if (!lane.active.has(due.unitId) && now >= (lane.tries.get(due.unitId)?.waitUntilMs ?? 0)) return due;
    }
    return null;
  }

  function start(destination: Destination, lane: Lane, due: DueUnit): void {
    lane.active.add(due.unitId);
    run(async () => {
      try {
        await forwardOne(destination, lane, due);
      } finally {
        lane.active.delete(due.unitId);
      }
    });
  }

  async function forwardOne(destination: Destination, lane: Lane, due: DueUnit): Promise<void> {
    const { signal } = lane.stop;
    lane.prover ??= createProver(ledger, context.segments);
    const unit = closingOf(ledger, due);
    const options = { prover: lane.prover, signal };
    const result = await unlessStopped(forwardOnce(context, destination, unit, options), signal).catch((error: unknown) => {
      if (error instanceof LedgerWriteError) lane.waitUntilMs = timer.nowMs() + LOOK_MS;
      else leaveAlone(lane, due.unitId);
      throw error;
    });
    if (result === null) return;
    if (result.ok) {
      lane.unmirrored += 1;
      lane.failures = 0;
      lane.width = wider(lane.width);
      lane.tries.delete(due.unitId);
    } else if (isAtTheDoor(result.failure)) doorFailed(lane);
    else leaveAlone(lane, due.unitId);
  }

  function mirror(destination: Destination, lane: Lane): void {
    const went = lane.unmirrored;
    lane.mirroring = true;
    // It keeps every segment it read.
    lane.prover = null;
    run(async () => {
      try {
        const mirrored = await mirrorOnce(context, destination);
        if (mirrored.ok) {
          lane.unmirrored -= went;
          lane.tries.delete(LEDGER);
        } else if (isAtTheDoor(mirrored.failure)) doorFailed(lane);
        else leaveAlone(lane, LEDGER);
      } finally {
        lane.mirroring = false;
      }
    });
  }

  /** The destination itself failed: the other units would meet the same. */
  function doorFailed(lane: Lane): void {
    lane.failures += 1;
    lane.width = narrower(lane.width);
    lane.waitUntilMs = timer.nowMs() + backOffMs(lane.failures, context.random());
  }

  /** What failed by itself; the others go on. */
  function leaveAlone(lane: Lane, what: string): void {
    const failures = (lane.tries.get(what)?.failures ?? 0) + 1;
    lane.tries.set(what, { failures, waitUntilMs: timer.nowMs() + backOffMs(failures, context.random()) });
  }

  /** Work whose throw is a bug, except that the ledger cannot be written: then it is asked again like everything else. */
  function run(work: () => Promise<void>): void {
    const mine = work()
      .catch((error: unknown) => {
        if (!(error instanceof LedgerWriteError) && !stopped) onBug(error);
      })
      .finally(() => {
        running.delete(mine);
        queueMicrotask(pump);
      });
    running.add(mine);
  }

  queueMicrotask(pump);
  return {
    idle() {
      return new Promise((resolve) => {
        idlers.push(resolve);
        queueMicrotask(pump);
      });
    },
    async stop() {
      stopped = true;
      alarm.abort();
      unsubscribe();
      for (const lane of lanes.values()) lane.stop.abort(new Error('the station stops'));
      await Promise.allSettled(running);
      for (const resolve of idlers.splice(0)) resolve();
      idlers = [];
    },
  };
}

/** A destination on the vault's own disk gets one after the other: more would take the disk from who copies cameras. */
function atOnce({ sameDisk }: Destination, { width }: Lane): number {
  return sameDisk ? 1 : Math.floor(width);
}

function newLane({ timer }: ForwardContext): Lane {
  return {
    stop: new AbortController(),
    active: new Set(),
    width: 1,
    failures: 0,
    waitUntilMs: timer.nowMs(),
    tries: new Map(),
    prover: null,
    unmirrored: 0,
    mirroring: false,
  };
}
