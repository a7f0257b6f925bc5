import os from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type CopyEngine, chooseCopyEngine } from '../../native/index.ts';
import { createConnections, type LedgerElsewhere, lookElsewhere, runFreeing, runOutbox, TIMER } from '../archive/index.ts';
import type { Failure } from '../contract/errors.ts';
import { done, type Result } from '../contract/errors.ts';
import { EXTRA_HASHES, type PolicyKey, type PolicyValues } from '../contract/policy.ts';
import type { Actor } from '../contract/values.ts';
import {
  type FolderDock,
  followKernelLog,
  type KernelLog,
  type LinuxDock,
  loadProfiles,
  type Profile,
  rememberedPorts,
  type Volume,
  watchFolderDock,
} from '../dock/index.ts';
import { createSetUpCode, type SetUpCode } from '../identity/index.ts';
import { adoptUnrecorded, CHECKPOINT_BYTES, type IngestContext, settleBrokenPartials } from '../ingest/index.ts';
import { announcedKeyOf, type Ledger, LedgerWriteError, openLedger, type RunningConsumer, runConsumer } from '../ledger/index.ts';
import {
  createTurns,
  type DataFolderLock,
  type DataPaths,
  type Db,
  damageIn,
  lockDataFolder,
  openDataFolder,
  openWorkingState,
  type StationIdentity,
} from '../store/index.ts';
import { openVault, type Vault } from '../vault/index.ts';
import { type Clock, createClock } from './clock.ts';
import { MACHINE_CLOCKS, watchClock } from './clock-watch.ts';
import { createDockings, type Dockings } from './dockings.ts';
import { recordStart } from './genesis.ts';
import { createPortLearning, type PortLearning } from './learn-port.ts';
import { openLog } from './log.ts';
import { createLongWorks, type LongWorks } from './long-works.ts';
import { readPolicy } from './policy.ts';
import { createPorts, type Ports } from './ports.ts';
import { watchSpace } from './space-watch.ts';
import { prepareStages, type Stages } from './stages.ts';
import { createStrangers, watchUsbDocks } from './usb-docks.ts';

export type StationOptions = {
  data: string;
  purpose: 'station' | 'command';
  /** Make the data folder when it is not there. */
  create: boolean;
  /** Folders whose subfolders are cameras. */
  docks: readonly string[];
  /** Trees in which mounts are cameras; none for a command. */
  mountTrees: readonly string[];
  /** Watch the machine's USB ports; cameras on them are mounted by the station. */
  usb?: boolean;
  settleMs?: number;
  absenceMs?: number;
  stallMs?: number;
  /** The clock, for tests that need another day. */
  nowMs?: () => number;
  /** How long the machine has run, for tests in which its clock is set. A clock of a test's own is never set without it. */
  uptimeMs?: () => number;
};

/** Everything that runs in one data folder, wired together. */
export type Station = {
  purpose: 'station' | 'command';
  /** Who stands behind what is done by command: the user of the operating system. */
  actor: Actor;
  identity: StationIdentity;
  paths: DataPaths;
  ledger: Ledger;
  vault: Vault;
  engine: CopyEngine;
  work: Db;
  clock: Clock;
  log: Logger;
  profiles: readonly Profile[];
  ports: Ports;
  /** Shows the station where its ports are; null when it does not watch USB. */
  portLearning: PortLearning | null;
  /** Null when it does not watch USB. */
  usb: LinuxDock | null;
  /** Null when it does not watch USB. */
  kernelLog: KernelLog | null;
  dockings: Dockings;
  stages: Stages;
  lock: DataFolderLock;
  /** Work that takes minutes or hours, by kind. */
  longWork: LongWorks;
  /** The one-time code that makes an admin; known on the console alone. */
  setUpCode: SetUpCode;
  /** What recovery found in the vault at start. */
  recovered: { adopted: number; failures: Failure[] };
  policy<K extends PolicyKey>(key: K): PolicyValues[K];
  /** Resolves when every stage that runs has nothing left to do but wait for the outside world. */
  idle(): Promise<void>;
  close(): Promise<void>;
};

/** An admin walks to the dock and plugs a camera in within this time, ms. */
const LEARN_MS = 120_000;

export const PROGRAM = 'evidock 0.1.0';

/**
 * Opens a station on its data folder: takes the lock, settles the ledger, adopts what a crash left unrecorded, starts
 * the stages and watches the docks. Fails with a `data-folder.*`, `database.*` or `ledger.*` code and changes nothing then.
 */
export async function openStation(options: StationOptions): Promise<Result<Station>> {
  const opened = openDataFolder(options.data, { create: options.create });
  if (!opened.ok) return opened;
  const { identity, paths } = opened.value;
  const locked = lockDataFolder(paths, options.purpose, new Date().toISOString());
  if (!locked.ok) return locked;
  const found = await openOwnLedger(paths, identity.stationId);
  if (!found.ok) {
    locked.value.release();
    return found;
  }
  return wire(options, identity, paths, locked.value, found.value);
}

type OwnLedger = { ledger: Ledger; elsewhere: LedgerElsewhere };

/** Opens the ledger; under a new key when an archive shows that another copy of it is, or was, in use. */
async function openOwnLedger(paths: DataPaths, stationId: string): Promise<Result<OwnLedger>> {
  const writer = new URL('./writer.worker.ts', import.meta.url);
  const opened = await openLedger({ paths, stationId, writer });
  if (!opened.ok) return opened;
  const ledger = opened.value;
  const work = openWorkingState(paths.workingState);
  const connections = createConnections({ work, nowMs: Date.now });
  const looked = await lookElsewhere(ledger, connections).then(done, (error: unknown) => expectedIn(error, paths));
  await connections.close();
  work.close();
  if (!looked.ok) {
    await ledger.close();
    return looked;
  }
  const elsewhere = looked.value;
  if (elsewhere.relation === 'same' || announcedKeyOf(ledger.reader, Number.MAX_SAFE_INTEGER) !== ledger.publicKey)
    return done({ ledger, elsewhere });
  await ledger.close();
  const renewed = await openLedger({ paths, stationId, writer, renewKey: true });
  return renewed.ok ? done({ ledger: renewed.value, elsewhere }) : renewed;
}

/** A ledger that cannot be written and a damaged database are expected of a disk; everything else is a bug, and thrown on. */
function expectedIn(error: unknown, paths: DataPaths) {
  const failure = error instanceof LedgerWriteError ? error.failure : damageIn(error, paths.database);
  if (failure) return { ok: false as const, failure };
  throw error;
}

async function wire(
  options: StationOptions,
  identity: StationIdentity,
  paths: DataPaths,
  lock: DataFolderLock,
  { ledger, elsewhere }: OwnLedger,
): Promise<Result<Station>> {
  const { log, close: closeLog } = openLog(paths.logs);
  log.info({ program: PROGRAM, runtime: `node ${process.versions.node}`, purpose: options.purpose }, 'started');
  if (ledger.opened.replayed.length > 0) log.info({ projections: ledger.opened.replayed }, 'made anew from the ledger');
  let unrecorded = false;
  const onBug = (error: unknown) => {
    // What was done but could not be recorded is for the next start to find, as after a crash.
    if (error instanceof LedgerWriteError) unrecorded = true;
    else log.error({ err: error }, 'a stage threw: this is a bug');
  };
  ledger.onTrouble((failure) => {
    unrecorded = true;
    log.error({ failure }, 'the ledger could not be written');
  });
  const policy = <K extends PolicyKey>(key: K) => readPolicy(ledger.reader, key);
  const clock = createClock(() => ledger, options.nowMs);
  const vault = openVault(paths);
  const work = openWorkingState(paths.workingState);
  const connections = createConnections({ work, nowMs: () => Date.parse(clock.now()) });
  const { engine, portableBecause } = chooseCopyEngine(process.env['EVIDOCK_ENGINE']);
  if (portableBecause === null) log.info({ engine: engine.id }, 'copies with the native engine');
  else log.warn({ engine: engine.id, because: portableBecause }, 'copies with the portable engine: slower, same proofs');
  const ingest: IngestContext = {
    ledger,
    vault,
    work,
    engine,
    stationId: identity.stationId,
    agencyId: identity.agencyId,
    now: clock.now,
    cameraZone: () => policy('camera-zone'),
    vaultReserveBytes: () => policy('vault-reserve-bytes'),
    provesLater: () => policy('read-back') === 'after-copying',
    extraHashes: () => EXTRA_HASHES[policy('extra-hashes')],
    checkpointBytes: CHECKPOINT_BYTES,
  };
  async function begin() {
    await recordStart(ledger, identity, { at: clock.now(), program: PROGRAM, engine: engine.id, clock: clock.source(), elsewhere });
    for (const failure of elsewhere.failures) log.warn({ failure }, 'an archive could not be compared with the ledger');
    if (!lock.formerExitClean) await settleBrokenPartials(ingest);
    const recovered = lock.formerExitClean ? { adopted: 0, failures: [] } : await adoptUnrecorded(ingest);
    const onCatalogueFailure = (failure: Failure) => log.warn({ failure }, 'the catalogue at an archive could not be written');
    const context = { identity, paths, ledger, work, vault, engine, clock, connections, policy, onCatalogueFailure };
    return { recovered, stages: await prepareStages(context), ports: createPorts(rememberedPorts(ledger)) };
  }
  function clockStepped(byMs: number): void {
    log.warn({ byMs }, 'the clock was set');
    const subject = { kind: 'station' as const, id: identity.stationId };
    const actor = { kind: 'system' as const, id: 'clock' };
    ledger.append([{ type: 'clock.stepped', subject, actor, at: clock.now(), body: { byMs } }]).catch(onBug);
  }
  function watchOwnClock() {
    const { nowMs = Date.now, uptimeMs = options.nowMs ?? MACHINE_CLOCKS.uptimeMs } = options;
    return watchClock(clockStepped, { nowMs, uptimeMs });
  }
  function watchUsb(): Promise<LinuxDock> {
    const { stationId } = identity;
    const attach = (volume: Volume) => void dockings.attach(volume);
    const detach = (volume: Volume) => void dockings.detach(volume).catch(onBug);
    const admission = () => policy('camera-admission');
    const timer = { nowMs: () => Date.parse(clock.now()), wait: (ms: number) => setTimeout(ms) };
    const { waiting } = dockings;
    const zone = () => policy('camera-zone');
    const unlocking = { ledger, agencyId: identity.agencyId, profiles, clock, zone, admission, waiting, identifying, timer };
    return watchUsbDocks({ ledger, stationId, ports, learning, log, now: clock.now, admission, unlocking, attach, detach }, strangers);
  }
  async function end(clean: boolean) {
    await engine.close();
    await connections.close();
    await ledger.close();
    work.close();
    lock.release(clean);
    log.info('stopped');
    closeLog();
  }
  const begun = await begin().then(done, (error: unknown) => expectedIn(error, paths));
  if (!begun.ok) {
    await end(false);
    return begun;
  }
  const { recovered, stages, ports } = begun.value;
  const profiles = loadProfiles();
  const learning = createPortLearning({ ledger, stationId: identity.stationId, ports, now: clock.now, waitMs: LEARN_MS });
  const strangers = createStrangers();
  const identifying = createTurns();
  const dockings = createDockings({
    ingest,
    profiles,
    ports,
    policy,
    confirmed: stages.confirmed,
    settleMs: options.settleMs ?? 2000,
    absenceMs: options.absenceMs ?? 120_000,
    stallMs: options.stallMs ?? 60_000,
    strangers: strangers.list,
    identifying,
    onBug,
  });
  const longWork = createLongWorks({ ledger, now: clock.now, onBug });
  const running: Running[] = stages.consumers(options.purpose).map((consumer) => runConsumer(ledger, work, consumer, onBug));
  if (options.purpose === 'station') running.push(runOutbox(stages.forward, onBug), runFreeing(stages.freeing, onBug));
  const { freeBytes } = stages.freeing;
  const space = options.purpose === 'station' ? watchSpace({ work, timer: TIMER, nowMs: () => Date.parse(clock.now()), freeBytes }) : null;
  const watching = watchDocks(options, dockings, log, onBug);
  const usb = options.usb === true ? await watchUsb() : null;
  const clockWatch = options.purpose === 'station' ? watchOwnClock() : null;
  const kernelLog = usb === null ? null : followKernelLog();
  for (const failure of recovered.failures) log.error({ failure }, 'found in the vault, left where it is');

  return done({
    purpose: options.purpose,
    actor: { kind: 'cli', id: os.userInfo().username },
    identity,
    paths,
    ledger,
    vault,
    engine,
    work,
    clock,
    log,
    profiles,
    ports,
    portLearning: usb === null ? null : learning,
    usb,
    kernelLog,
    dockings,
    stages,
    lock,
    longWork,
    setUpCode: createSetUpCode(),
    recovered,
    policy,
    idle: () => allIdle(ledger, running),
    async close() {
      clockWatch?.close();
      await watching?.close();
      await usb?.close();
      kernelLog?.close();
      await Promise.all(Object.values(longWork).map((work) => work.close()));
      await dockings.close();
      await usb?.release();
      await Promise.all(running.map((consumer) => consumer.stop()));
      await space?.stop();
      await end(!unrecorded);
    },
  });
}

/** A stage that runs. */
type Running = Pick<RunningConsumer, 'idle' | 'stop'>;

/** Stages feed one another through the ledger, so all are idle only when a whole round added nothing to it. */
async function allIdle(ledger: Ledger, running: readonly Running[]): Promise<void> {
  const head = () => (ledger.reader.prepare('SELECT max(seq) AS seq FROM entries').get() as { seq: number }).seq;
  for (let before = -1; before !== head(); ) {
    before = head();
    for (const consumer of running) await consumer.idle();
  }
}

function watchDocks(options: StationOptions, dockings: Dockings, log: Logger, onBug: (error: unknown) => void): FolderDock | null {
  if (options.docks.length === 0 && options.mountTrees.length === 0) return null;
  return watchFolderDock({
    docks: options.docks,
    mountTrees: options.mountTrees,
    onAttach(volume) {
      log.info({ slot: volume.slot, mountMode: volume.mountMode }, 'attached');
      dockings.attach(volume);
    },
    onDetach(volume) {
      log.info({ slot: volume.slot }, 'detached');
      void dockings.detach(volume).catch(onBug);
    },
    onTrouble: (what) => log.warn({ what }, 'a dock cannot be watched'),
  });
}
