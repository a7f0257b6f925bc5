import type { LiveDocking, PutFirst, SteeringAct } from '../contract/api/docking.ts';
import type { Draft } from '../contract/entries/index.ts';
import { type Failure, failed } from '../contract/errors.ts';
import type { PolicyKey, PolicyValues } from '../contract/policy.ts';
import type { Actor } from '../contract/values.ts';
import { idsOfCamera, type Profile, type Volume } from '../dock/index.ts';
import { type ClearOutcome, clearDocking, type DockedCamera, type DockingOutcome, type IngestContext } from '../ingest/index.ts';
import { LedgerWriteError } from '../ledger/index.ts';
import type { Turns } from '../store/index.ts';
import { blankCard } from './blank-card.ts';
import { type Copying, createCopying } from './copying.ts';
import { describeBy, hasWeakIdentity, identify, type Operator } from './identify.ts';
import type { Ports } from './ports.ts';
import { listenForReceipts, type Receipts } from './receipts.ts';

export type DockingsOptions = {
  ingest: IngestContext;
  profiles: readonly Profile[];
  ports: Ports;
  policy<K extends PolicyKey>(key: K): PolicyValues[K];
  /** Whether an archive that policy accepts has proven that it holds the item. */
  confirmed(itemId: string): boolean;
  /** A plain folder is left alone this long after it appears, so that whoever is still filling it can finish. */
  settleMs: number;
  /** A camera that comes back within this time goes on with the same docking. */
  absenceMs: number;
  /** A camera that gives nothing for this long while it is copied is said to have stalled. */
  stallMs: number;
  /** Cards of what is in a port and was refused before it could be looked at, or is being unlocked. */
  strangers(): LiveDocking[];
  /** Cameras are told apart one after the other: two that claim one serial at the same moment must see each other. */
  identifying: Turns;
  onBug(error: unknown): void;
};

/** One stay of a camera at a port, over short absences. */
type Session = {
  live: LiveDocking;
  volume: Volume;
  camera: DockedCamera | null;
  abort: AbortController;
  /** Set once it is known which camera it is. */
  copying: Copying | null;
  /** Set once the camera is gone: resolves when that is on the ledger. */
  leaving: Promise<void> | null;
  /** Ends the session when the camera stays away. */
  absence: NodeJS.Timeout | null;
  finished: boolean;
  safe: boolean;
  running: Promise<DockingOutcome | null>;
};

export type Dockings = ReturnType<typeof createDockings>;

const ACTOR = { kind: 'system' as const, id: 'dock' };
const NO_OPERATOR: Operator = { camera: null, officer: null };
/** States in which there is something to steer. */
const STEERABLE: readonly LiveDocking['state'][] = ['planning', 'copying', 'paused'];

/** Turns volumes that appear and vanish into dockings on the ledger, and runs ingest and clearing for each. */
export function createDockings(options: DockingsOptions) {
  const { ingest } = options;
  const sessions = new Set<Session>();
  const copying = createCopying(options);

  /** A volume is there: starts, or goes on with, its docking. */
  function attach(
    volume: Volume,
    operator = NO_OPERATOR,
    dockingId = volume.unlocked?.dockingId ?? null,
  ): { done: Promise<DockingOutcome | null>; session: Session } {
    const session = newSession(volume, dockingId);
    sessions.add(session);
    session.running = run(session, operator).catch((error: unknown) => fail(session, error));
    return { done: session.running, session };
  }

  function newSession(volume: Volume, dockingId: string | null): Session {
    const live = blankCard(options.ports.numberOf(volume.slot), volume.slot);
    if (dockingId !== null) live.dockingId = dockingId;
    const abort = new AbortController();
    return {
      live,
      volume,
      camera: null,
      abort,
      copying: null,
      leaving: null,
      absence: null,
      finished: false,
      safe: false,
      running: Promise.resolve(null),
    };
  }

  async function run(session: Session, operator: Operator): Promise<DockingOutcome | null> {
    const { volume, live } = session;
    if (volume.mountMode === 'folder') await pause(options.settleMs, session.abort.signal);
    if (session.abort.signal.aborted) return null;
    live.state = 'planning';
    const camera = await options.identifying('identify', () => open(session, operator));
    if (!camera) return null;
    const outcome = await copy(session, camera);
    // Of what only an image was taken, nothing was proven that could be removed.
    if (outcome?.finished && camera.cards.length === 0) await clear(session, camera);
    return outcome;
  }

  /** A docking that a throw ended says so on its card: the ledger cannot be written, or there is a bug. */
  function fail(session: Session, error: unknown): null {
    options.onBug(error);
    // Files of it that are still under way would only end in the same wall.
    session.abort.abort();
    const failure = error instanceof LedgerWriteError ? error.failure : failed('internal.bug', String(error)).failure;
    session.live.failures = [...session.live.failures, failure];
    session.live.state = 'attention';
    return null;
  }

  async function open(session: Session, operator: Operator): Promise<DockedCamera | null> {
    const { volume, live } = session;
    const found = await identify(ingest.ledger, options.profiles, volume, operator, options.policy('camera-admission'), ingest.now());
    if (!found.ok) return refuse(session, found.failure, found.serial);
    const { camera: known, recognised } = found;
    live.camera = known.serial;
    live.profile = recognised.profile.id;
    const other = [...sessions].find((one) => one !== session && one.camera?.cameraId === known.cameraId);
    if (other && !other.leaving) {
      return refuse(session, { code: 'camera.identity-twice', what: known.serial, detail: `port ${other.live.port}` }, known.serial);
    }
    await other?.leaving;
    const resumed = other?.absence ? other : null;
    if (resumed) forget(resumed);
    const officer = operator.officer
      ? { number: operator.officer, source: 'operator' as const }
      : recognised.officer && { number: recognised.officer, source: 'profile' as const };
    session.camera = {
      dockingId: resumed ? resumed.live.dockingId : live.dockingId,
      cameraId: known.cameraId,
      cameraIds: idsOfCamera(ingest.ledger, known.cameraId),
      serial: known.serial,
      mediumId: mediumOf(volume),
      identitySource: recognised.identitySource,
      root: volume.root,
      isAlive: volume.isAlive,
      readErrors: volume.readErrors,
      weakIdentity: hasWeakIdentity(recognised),
      officer: officer || null,
      parts: volume.parts,
      remote: volume.remote,
      cards: volume.cards,
      describe: describeBy(recognised.profile, volume.parts),
    };
    live.dockingId = session.camera.dockingId;
    await append(
      resumed ? { type: 'docking.resumed', ...about(session.camera), body: { port: live.port } } : started(session.camera, session, recognised),
    );
    const space = resumed ? null : await volume.space();
    if (space) await append({ type: 'docking.measured', ...about(session.camera), body: space });
    return session.camera;
  }

  /** A camera is back: the card of its former place goes, its docking goes on. */
  function forget(former: Session): void {
    if (former.absence) clearTimeout(former.absence);
    former.absence = null;
    former.live.state = 'ended';
    sessions.delete(former);
  }

  function started(
    camera: DockedCamera,
    session: Session,
    recognised: { profile: Profile; identityCheck: 'none' | 'valid' | 'suspected-tampering' },
  ): Draft {
    const { volume, live } = session;
    return {
      type: 'docking.started',
      ...about(camera, [
        { kind: 'medium' as const, id: camera.mediumId, role: 'medium' },
        { kind: 'port' as const, id: String(live.port), role: 'port' },
      ]),
      body: {
        port: live.port,
        profile: recognised.profile.id,
        identitySource: camera.identitySource,
        identityCheck: recognised.identityCheck,
        mountMode: volume.mountMode,
        fileSystem: volume.fileSystem,
        ...(volume.device ? { device: volume.device } : {}),
      },
    };
  }

  async function refuse(session: Session, failure: Failure, serial: string | null): Promise<null> {
    const { live } = session;
    live.state = 'refused';
    live.failures = [failure];
    const reason = failure.code === 'camera.not-registered' || failure.code === 'camera.identity-twice' ? failure.code : 'camera.unreadable';
    await append({
      type: 'docking.refused',
      subject: { kind: 'docking', id: live.dockingId },
      actor: ACTOR,
      at: ingest.now(),
      body: { port: live.port, reason, serial, ...(session.volume.device ? { device: session.volume.device } : {}) },
    });
    return null;
  }

  async function copy(session: Session, camera: DockedCamera): Promise<DockingOutcome | null> {
    if (session.abort.signal.aborted) return null;
    const { live } = session;
    session.copying = copying.start(camera, live, session.volume.controller, session.abort.signal);
    const outcome = await session.copying.done;
    session.finished = outcome.finished;
    session.safe = outcome.safe;
    live.failures = [...live.failures, ...(session.volume.unlocked?.failures ?? [])];
    if (outcome.finished) Object.assign(live, { state: outcome.safe ? 'safe' : 'attention', stoppedBy: null });
    return outcome;
  }

  /** What is being copied now and can be steered, on one port or on all. */
  function steerable(port: number | null): { live: LiveDocking; copying: Copying }[] {
    return [...sessions].flatMap(({ live, copying, leaving }) =>
      copying && !leaving && STEERABLE.includes(live.state) && (port === null || live.port === port) ? [{ live, copying }] : [],
    );
  }

  /** Steers what a port copies; null when it copies nothing. Cancelling resolves when the camera is read no more. */
  async function steer(port: number, act: SteeringAct, by: Actor): Promise<LiveDocking | null> {
    const [found] = steerable(port);
    if (!found) return null;
    if (act === 'pause') found.copying.pause(by);
    if (act === 'resume') found.copying.resume();
    if (act === 'first') copying.putFirst([found.copying]);
    if (act === 'cancel') {
      found.copying.cancel(by);
      await found.copying.done;
    }
    return found.live;
  }

  /** Puts a clip, or an officer's files, before everything else that waits; says how many files that were. */
  function putFilesFirst(wanted: PutFirst): number {
    const places = steerable('port' in wanted ? wanted.port : null);
    return places.reduce((files, { copying }) => files + copying.putFilesFirst(wanted), 0);
  }

  /** Clears what policy allows now; with `after-confirmed`, again whenever the archive has confirmed something more. */
  async function clear(session: Session, camera: DockedCamera): Promise<void> {
    const policy = options.policy('clear');
    if (policy === 'never') return;
    const total = { removed: 0 };
    // From before the first look: hashing takes its time, and a receipt that comes meanwhile must not be missed.
    const receipts = listenForReceipts(ingest.ledger, session.abort.signal);
    const once = async () => {
      const writable = await session.volume.whileWritable(() =>
        clearDocking(ingest, camera, { policy, signal: session.abort.signal, confirmed: options.confirmed }),
      );
      if (!writable.ok && !session.live.failures.some((failure) => failure.code === writable.failure.code)) {
        session.live.failures = [...session.live.failures, { ...writable.failure, what: camera.serial }];
      }
      const outcome = writable.ok ? writable.value : { removed: 0, kept: session.live.files, waiting: 0 };
      total.removed += outcome.removed;
      session.live.clearing = { removed: total.removed, kept: outcome.kept, waiting: outcome.waiting };
      return outcome;
    };
    try {
      const first = await once();
      if (first.waiting > 0) void clearLater(session, receipts, once).catch(options.onBug);
      else receipts.stop();
    } catch (error) {
      receipts.stop();
      throw error;
    }
  }

  async function clearLater(session: Session, receipts: Receipts, once: () => Promise<Pick<ClearOutcome, 'waiting'>>): Promise<void> {
    try {
      for (let waiting = 1; waiting > 0 && !session.abort.signal.aborted; ) {
        await receipts.next();
        if (!session.abort.signal.aborted) waiting = (await once()).waiting;
      }
    } finally {
      receipts.stop();
    }
  }

  /** A volume is gone: reads stop at once; the docking ends, or waits a while for the camera to come back. */
  async function detach(volume: Volume): Promise<void> {
    // What left from here earlier and has not come back is another session, also of the same volume.
    const session = [...sessions].find((one) => !one.leaving && keyOf(one.volume) === keyOf(volume));
    if (!session) return;
    session.abort.abort();
    session.leaving = leave(session);
    await session.leaving;
  }

  async function leave(session: Session): Promise<void> {
    await session.running;
    if (!session.camera || isOver(session)) {
      sessions.delete(session);
      if (session.camera) await end(session);
      session.live.state = 'ended';
      return;
    }
    // Whoever puts it back wants it copied: a pause ends with the stay in which it was asked for.
    Object.assign(session.live, { state: 'interrupted', stoppedBy: null });
    await recordLeaving(session, { type: 'docking.interrupted', ...about(session.camera), body: { reason: 'detached' } });
    session.absence = setTimeout(() => {
      sessions.delete(session);
      void end(session).catch(options.onBug);
    }, options.absenceMs);
    session.absence.unref();
  }

  /** Nothing more would be copied if the camera came back in this docking. */
  function isOver({ finished, copying }: Session): boolean {
    return finished || copying?.isCancelled() === true;
  }

  async function end(session: Session): Promise<void> {
    session.live.state = 'ended';
    if (!session.camera) return;
    await recordLeaving(session, { type: 'docking.ended', ...about(session.camera), body: { clean: session.finished && session.safe } });
  }

  /** A leaving that cannot be recorded stops nothing else; the next start records it as one that nobody saw. */
  async function recordLeaving(session: Session, draft: Draft): Promise<void> {
    await append(draft).catch((error: unknown) => fail(session, error));
  }

  function about(camera: DockedCamera, refs: { kind: 'medium' | 'port'; id: string; role: string }[] = []) {
    return {
      subject: { kind: 'docking' as const, id: camera.dockingId },
      refs: [{ kind: 'camera' as const, id: camera.cameraId, role: 'camera' }, ...refs],
      actor: ACTOR,
      at: ingest.now(),
    };
  }

  async function append(draft: Draft): Promise<void> {
    await ingest.ledger.append([draft]);
  }

  return {
    attach,
    detach,
    /** The docking that goes on when this camera comes back; null when none waits for it. */
    waiting: (cameraId: string) => [...sessions].find(({ camera, absence }) => absence && camera?.cameraId === cameraId)?.live.dockingId ?? null,
    steer,
    putFilesFirst,
    // Of two on one port the later one is shown: what is in it now, before what left it and may come back.
    live: () => [...[...sessions].map((session) => session.live), ...options.strangers()].sort((a, b) => a.port - b.port),
    /** Stops all copying and says so on the ledger; partials stay for the next start. */
    async close() {
      for (const session of sessions) session.abort.abort();
      for (const session of sessions) {
        if (session.absence) clearTimeout(session.absence);
        await session.running;
        if (!session.camera || session.live.state === 'ended') continue;
        if (isOver(session)) await end(session);
        else await recordLeaving(session, { type: 'docking.interrupted', ...about(session.camera), body: { reason: 'station-stopped' } });
      }
      sessions.clear();
    },
  };
}

/** The card or memory itself, as far as it bears a number; else as it was met. */
function mediumOf({ mountMode, fileSystem, instance, device }: Volume): string {
  const numbers = device?.volumes.slice(0, 4).join('+') ?? '';
  return numbers === '' ? `${mountMode}:${fileSystem}:${instance}` : `volume:${numbers}`;
}

function keyOf(volume: Volume): string {
  return `${volume.slot} ${volume.instance}`;
}

/** Resolves after `ms` or as soon as the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
