import { v7 as uuidv7 } from 'uuid';
import type { Watch } from '../archive/index.ts';
import type { RunEnded, RunFigures } from '../contract/entries/station.ts';
import { type Failure, failed, type Result } from '../contract/errors.ts';
import type { LongRun, Progress } from '../contract/long-run.ts';
import type { Actor } from '../contract/values.ts';
import { failureIn } from './tell-failure.ts';

/** Progress is worth a word this often, ms. */
const TELL_MS = 1000;
/** Before this nothing is said about how long it will take, ms. */
const STEADY_MS = 2000;

export type Run<Output> = Omit<LongRun, 'by'> & Required<Omit<About, 'id'>> & { outcome: Result<Output> | null };

export type About = {
  what: string;
  /** Which kind of it, where there are several: another kind is other work. */
  how?: RunEnded['how'];
  /** The archive it is about; null for every one, and for none. */
  destinationId?: string | null;
  actor: Actor;
  /** The asker's own, where they need to know it beforehand. */
  id?: string | undefined;
};

export type LongWorkOptions<Output> = {
  now(): string;
  onBug(error: unknown): void;
  /** Whether what came of it says that it was stopped on the way. */
  wasStopped?(output: Output): boolean;
  /** What it counted. */
  figuresOf(output: Output): RunFigures;
  /** Keeps how it ended; told before anybody else is. */
  record(ended: Run<Output>): Promise<void>;
};

export type Started<Output> = {
  id: string;
  /** Whether it went on already. */
  joined: boolean;
  /** Never rejects: a bug is told as one. */
  finished: Promise<Result<Output>>;
};

type Work<Output> = (watch: Watch) => Promise<Result<Output>>;

export type LongWork<Output> = {
  /**
   * Starts the work; one that goes on already about the same is joined, and about something else it fails with
   * `run.under-way`. Work that is stopped throws its signal's reason, as `fetch` does, and leaves nothing; or it ends with
   * what it had done by then, and says so in its output.
   */
  start(about: About, work: Work<Output>): Result<Started<Output>>;
  /** The run that goes on, or the last one since the station's start. */
  last(): Run<Output> | null;
  /** Stops that run when it still goes on. */
  cancel(id: string): void;
  /** Counts up when there is something new to be seen of it: at once for a state, once a second for progress. */
  turn(): number;
  /** Resolves when nothing goes on. */
  settled(): Promise<void>;
  /** Stops what goes on and waits until it is over. */
  close(): Promise<void>;
};

type Current<Output> = {
  run: Omit<Run<Output>, 'elapsedMs' | 'remainingMs'>;
  startedMs: number;
  /** When it began to count what it counts now; a part that is counted anew begins at nothing. */
  countingMs: number;
  endedMs: number | null;
  stop: AbortController;
  finished: Promise<Result<Output>>;
};

/** One kind of long work, done once at a time. It belongs to the station, not to the screen or command that asked for it. */
export function createLongWork<Output>({ now, onBug, wasStopped = () => false, figuresOf, record }: LongWorkOptions<Output>): LongWork<Output> {
  let current: Current<Output> | null = null;
  let turn = 0;

  async function carryOut(what: string, signal: AbortSignal, tell: (progress: Progress) => void, work: Work<Output>): Promise<Result<Output>> {
    let toldMs = Number.NEGATIVE_INFINITY;
    const onProgress = (progress: Progress) => {
      tell(progress);
      if (performance.now() - toldMs < TELL_MS) return;
      toldMs = performance.now();
      turn += 1;
    };
    try {
      return await work({ signal, onProgress });
    } catch (error) {
      if (signal.aborted && error === signal.reason) return failed('run.cancelled', what);
      const failure: Failure | null = failureIn(error);
      if (failure === null) onBug(error);
      return { ok: false, failure: failure ?? failed('internal.bug', what).failure };
    }
  }

  async function end(ended: Current<Output>, outcome: Result<Output>): Promise<void> {
    const { run, startedMs } = ended;
    const endedMs = performance.now();
    const stopped = outcome.ok ? wasStopped(outcome.value) : outcome.failure.code === 'run.cancelled';
    const over: Current<Output>['run'] = {
      ...run,
      endedAt: now(),
      outcome,
      figures: outcome.ok ? figuresOf(outcome.value) : farOf(run.progress),
      failure: outcome.ok ? null : outcome.failure,
      state: stopped ? 'cancelled' : outcome.ok ? 'done' : 'failed',
    };
    await record({ ...over, elapsedMs: Math.round(endedMs - startedMs), remainingMs: null }).catch(onBug);
    ended.endedMs = endedMs;
    ended.run = over;
    turn += 1;
  }

  function start({ what, how = null, destinationId = null, actor, id = uuidv7() }: About, work: Work<Output>): Result<Started<Output>> {
    if (current !== null && current.endedMs === null) {
      const { run, finished } = current;
      // One that is being stopped is not what somebody asks for now.
      if (run.what !== what || run.how !== how || run.state !== 'running') return failed('run.under-way', run.what);
      return { ok: true, value: { id: run.id, joined: true, finished } };
    }
    const run: Current<Output>['run'] = {
      id,
      what,
      how,
      destinationId,
      actor,
      startedAt: now(),
      endedAt: null,
      figures: {},
      state: 'running',
      progress: null,
      failure: null,
      outcome: null,
    };
    const stop = new AbortController();
    const tell = (progress: Progress) => {
      if (progress.items < (run.progress?.items ?? 0)) begun.countingMs = performance.now();
      run.progress = progress;
    };
    const finished = carryOut(what, stop.signal, tell, work).then(async (outcome) => {
      await end(begun, outcome);
      return outcome;
    });
    const startedMs = performance.now();
    const begun: Current<Output> = { run, startedMs, countingMs: startedMs, endedMs: null, stop, finished };
    current = begun;
    turn += 1;
    return { ok: true, value: { id: run.id, joined: false, finished } };
  }

  return {
    start,
    last() {
      if (current === null) return null;
      const nowMs = current.endedMs ?? performance.now();
      const elapsedMs = nowMs - current.startedMs;
      const remainingMs = current.endedMs === null ? remainingOf(current.run.progress, nowMs - current.countingMs) : null;
      return { ...current.run, elapsedMs: Math.round(elapsedMs), remainingMs };
    },
    cancel(id) {
      if (current === null || current.run.id !== id || current.run.state !== 'running') return;
      current.run.state = 'stopping';
      turn += 1;
      current.stop.abort();
    },
    turn: () => turn,
    async settled() {
      await current?.finished;
    },
    async close() {
      current?.stop.abort();
      await current?.finished;
    },
  };
}

/** How far work was that ended without a result. */
function farOf(progress: Progress | null): RunFigures {
  if (progress === null) return {};
  const { items, ofItems } = progress;
  return ofItems === null ? { items } : { items, ofItems };
}

/** How long the rest takes at the speed so far, by bytes where there are any to be read; null while that cannot be said. */
function remainingOf(progress: Progress | null, elapsedMs: number): number | null {
  if (progress === null || elapsedMs < STEADY_MS) return null;
  const { items, ofItems, bytes, ofBytes } = progress;
  const [done, all] = ofBytes !== null && ofBytes > 0 ? [bytes, ofBytes] : [items, ofItems];
  if (all === null || done === 0) return null;
  return Math.max(0, Math.round((elapsedMs * (all - done)) / done));
}
