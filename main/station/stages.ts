import type { CopyEngine } from '../../native/index.ts';
import {
  type ArchiveDesk,
  type CatalogueContext,
  type Connections,
  catalogueStage,
  createArchiveDesk,
  createBreakers,
  createPaces,
  ensureLocal,
  type ForwardContext,
  type FreeingContext,
  hasConfirmation,
  retentionStage,
  TIMER,
} from '../archive/index.ts';
import type { Failure } from '../contract/errors.ts';
import type { PolicyKey, PolicyValues } from '../contract/policy.ts';
import { idsOfCamera } from '../dock/index.ts';
import { deadlineStage, suggestStage } from '../evidence/index.ts';
import { comingFromMs } from '../ingest/index.ts';
import type { Consumer, Ledger } from '../ledger/index.ts';
import { derivativeStage, groupStage, probeStage } from '../media/index.ts';
import type { DataPaths, Db, StationIdentity } from '../store/index.ts';
import { spaceOf, type Vault } from '../vault/index.ts';
import type { Clock } from './clock.ts';
import { describeUnit } from './describe-unit.ts';

export type StagesContext = {
  identity: StationIdentity;
  paths: DataPaths;
  ledger: Ledger;
  work: Db;
  vault: Vault;
  engine: CopyEngine;
  clock: Clock;
  connections: Connections;
  policy<K extends PolicyKey>(key: K): PolicyValues[K];
  onCatalogueFailure(failure: Failure): void;
};

export type Stages = {
  forward: ForwardContext;
  freeing: FreeingContext;
  catalogue: CatalogueContext;
  desk: ArchiveDesk;
  /** Whether an archive that policy accepts has proven that it holds the item. */
  confirmed(itemId: string): boolean;
  /** What runs in the background: everything in a station; in a command, only what its answer needs. */
  consumers(purpose: 'station' | 'command'): Consumer[];
};

const GIGABYTE = 1_000_000_000;

/** Wires the background stages, and makes sure that the embedded archive exists. */
export async function prepareStages(context: StagesContext): Promise<Stages> {
  const { identity, paths, ledger, work, vault, clock, policy } = context;
  const forward: ForwardContext = {
    ledger,
    vault,
    stationId: identity.stationId,
    stationCode: identity.stationCode,
    segments: paths.ledger,
    breakers: createBreakers(work, () => Date.parse(clock.now())),
    connections: context.connections,
    paces: createPaces({ ledger, timer: TIMER, now: clock.now, zone: () => policy('camera-zone') }),
    retention: () => ({ days: policy('retain-days'), linkedDays: policy('retain-linked-days') }),
    timer: TIMER,
    random: Math.random,
    describe: (unit) => describeUnit({ ledger, vault, ...identity }, unit),
    now: clock.now,
    async hashAtRest(file, signal = new AbortController().signal) {
      const hashed = await context.engine.hashAtRest(file, { signal });
      return hashed.ok ? hashed.value : null;
    },
  };
  await ensureLocal({ ledger, work, now: clock.now, actor: { kind: 'system', id: 'station' }, vaultRoot: vault.root }, paths.archive);
  const media = {
    ledger,
    vault,
    derived: paths.derived,
    now: clock.now,
    idsOfCamera: (cameraId: string) => idsOfCamera(ledger, cameraId),
    partialCloseAfterHours: () => policy('partial-close-after-hours'),
    comingFromMs: (dockingId: string) => comingFromMs(ledger.reader, work, dockingId),
    vaultReserveBytes: () => policy('vault-reserve-bytes'),
  };
  const rereadParts = () => policy('archive-reread-parts');
  const catalogue = { forward, identity, database: paths.database, work, scratch: paths.scratch, rereadParts, onFailure: context.onCatalogueFailure };
  const evidence = { ledger, now: clock.now, clockSource: clock.source, storeWithinHours: () => policy('store-within-hours') };
  const always = [probeStage(media), groupStage(media), deadlineStage(evidence), suggestStage(evidence)];
  return {
    forward,
    freeing: {
      forward,
      rules: () => ({ days: policy('keep-local-days'), belowBytes: policy('free-up-below-gigabytes') * GIGABYTE, needs: policy('free-up-needs') }),
      freeBytes: () => spaceOf(vault.root, null).freeBytes,
    },
    catalogue,
    desk: createArchiveDesk(catalogue),
    confirmed: (itemId) => hasConfirmation(ledger, itemId, policy('clear-accepts-local')),
    consumers: (purpose) =>
      purpose === 'station' ? [...always, derivativeStage(media), retentionStage(forward), catalogueStage(catalogue)] : always,
  };
}
