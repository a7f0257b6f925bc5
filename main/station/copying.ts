import type { LiveDocking } from '../contract/api/docking.ts';
import { failed } from '../contract/errors.ts';
import type { PolicyKey, PolicyValues } from '../contract/policy.ts';
import type { Actor } from '../contract/values.ts';
import {
  type DockedCamera,
  type DockingOutcome,
  type IngestContext,
  type NextFile,
  putFirst,
  runDocking,
  type Turn,
  type Wanted,
} from '../ingest/index.ts';
import { createRate } from './rate.pure.ts';
import { createSchedule, type Place } from './schedule.ts';
import { createStallWatch } from './stall-watch.ts';

export type CopyingOptions = { ingest: IngestContext; policy<K extends PolicyKey>(key: K): PolicyValues[K]; stallMs: number };

/** The copying of one docked camera, and how a person steers it. */
export type Copying = {
  /** Resolves when nothing of it is under way any more; rejects with what threw. */
  done: Promise<DockingOutcome>;
  /** Stops at the next block and keeps what is copied. */
  pause(by: Actor): void;
  resume(): void;
  /** Stops at the next block, for good; `done` then resolves with an outcome that is not finished. */
  cancel(by: Actor): void;
  isCancelled(): boolean;
  /** Puts those of its files that are wanted before all others; says how many there are. */
  putFilesFirst(wanted: Wanted): number;
  place: Place;
};

/** Most files of one camera under way at the same time: hides the latency of flushes between small files. */
const MAX_COPIES_PER_CAMERA = 3;

/** Copies docked cameras side by side, file by file, in the order of one schedule, and keeps their cards. */
export function createCopying({ ingest, policy, stallMs }: CopyingOptions) {
  const schedule = createSchedule(() => ({
    order: policy('copy-order'),
    copiesAtOnce: policy('copies-at-once'),
    copiesPerController: policy('copies-per-controller'),
    // A file holds its turn for minutes: a full wall has to find one for every camera, whoever came first.
    copiesPerCamera: Math.max(1, Math.min(MAX_COPIES_PER_CAMERA, Math.floor(policy('copies-at-once') / policy('wall-ports')))),
  }));

  /** Begins; `gone` is aborted when the camera is, `live` is its card. */
  function start(camera: DockedCamera, live: LiveDocking, controller: string, gone: AbortSignal): Copying {
    const place = schedule.join(camera.dockingId, controller);
    const cancelling = new AbortController();
    let phase: 'planning' | 'copying' = 'planning';
    let paused = false;
    let cancelledBy: Actor | null = null;

    // Said on the card only, and gone with the next progress: it may go on by itself, and nothing is lost by waiting.
    const stall = createStallWatch(stallMs, () => {
      place.stall(true);
      const { failure } = failed('source.stalled', camera.serial, `${stallMs} ms`);
      Object.assign(live, { bytesPerSecond: 0, failures: [...live.failures, failure] });
    });

    async function takeTurn(next: NextFile, signal: AbortSignal): Promise<Turn | null> {
      const turn = await place.take(next, signal);
      if (turn) stall.touch();
      return turn && { signal: turn.signal, release: () => release(turn) };
    }

    function release(turn: Turn): void {
      turn.release();
      // A camera that waits for its turn gives nothing either, and has not stalled.
      if (place.underWay() > 0) return;
      stall.stop();
      place.stall(false);
    }

    async function run(): Promise<DockingOutcome> {
      const rate = createRate();
      const running = runDocking(ingest, camera, {
        signal: AbortSignal.any([gone, cancelling.signal]),
        takeTurn,
        onProgress({ phase: reached, ...numbers }) {
          const bytesPerSecond = rate(performance.now(), numbers.doneBytes);
          Object.assign(live, numbers, { bytesPerSecond: paused ? null : bytesPerSecond });
          if (place.underWay() > 0) {
            stall.touch();
            place.stall(false);
          }
          if (reached !== 'planning' && reached !== 'copying') return;
          phase = reached;
          live.state = paused ? 'paused' : phase;
        },
      });
      const outcome = await running.finally(() => {
        stall.stop();
        place.leave();
      });
      if (cancelledBy && !outcome.finished) await recordCancelled(camera, live, outcome, cancelledBy);
      return outcome;
    }

    return {
      done: run(),
      pause(by) {
        if (paused || cancelledBy) return;
        paused = true;
        Object.assign(live, { state: 'paused', stoppedBy: by, bytesPerSecond: null });
        place.pause();
      },
      resume() {
        if (!paused || cancelledBy) return;
        paused = false;
        Object.assign(live, { state: phase, stoppedBy: null });
        place.resume();
      },
      cancel(by) {
        cancelledBy ??= by;
        cancelling.abort();
      },
      isCancelled: () => cancelledBy !== null,
      putFilesFirst(wanted) {
        const { files, rank } = putFirst(ingest, camera, wanted);
        if (files > 0) place.fileFirst(rank);
        return files;
      },
      place,
    };
  }

  /** On the ledger, with who it was: from now on evidence stays on a camera because a person said so. */
  async function recordCancelled(camera: DockedCamera, live: LiveDocking, outcome: DockingOutcome, by: Actor): Promise<void> {
    const { left } = outcome;
    await ingest.ledger.append([
      {
        type: 'docking.cancelled',
        subject: { kind: 'docking', id: camera.dockingId },
        refs: [{ kind: 'camera', id: camera.cameraId, role: 'camera' }],
        actor: by,
        at: ingest.now(),
        body: { files: left?.files ?? null, bytes: left?.bytes ?? null },
      },
    ]);
    const detail = left ? `${left.files} files, ${left.bytes} bytes` : 'not planned';
    outcome.failures.unshift(
      failed('docking.cancelled', camera.serial, detail).failure,
      ...(left?.names ?? []).map((name) => failed('source.not-stored', `${camera.serial}: ${name}`).failure),
    );
    Object.assign(live, { state: 'attention', stoppedBy: by, bytesPerSecond: null, failures: outcome.failures });
  }

  return {
    start,
    /** Puts cameras before all others; what is under way goes on. */
    putFirst: (copyings: readonly Copying[]) => schedule.putFirst(copyings.map(({ place }) => place)),
  };
}
