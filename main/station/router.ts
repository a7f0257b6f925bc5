import { implement } from '@orpc/server';
import {
  addDestination,
  explainArchiveDifference,
  explainDifference,
  exportCase,
  findDestination,
  hostKeyOf,
  reopenDifference,
  testDestination,
  writeCatalogues,
} from '../archive/index.ts';
import { localContract } from '../contract/api/index.ts';
import { failed } from '../contract/errors.ts';
import { POLICY, PolicyKey } from '../contract/policy.ts';
import { cameraClock, importCameras, mergeCameras, registerByHand, separateCamera, setCameraPassword } from '../dock/index.ts';
import { holdCase, importCases, importPeople, linkUnit, releaseCase } from '../evidence/index.ts';
import { agencyUuid, sql } from '../store/index.ts';
import { confirmClock } from './admin-acts.ts';
import { backup } from './backup.ts';
import { importConnectionTo } from './import-connection.ts';
import { ingestSources } from './ingest-sources.ts';
import type { Station } from './open-station.ts';
import { setPolicy } from './policy.ts';
import { reconcileAllByCommand, reconcileByCommand } from './reconcile-by-command.ts';
import { startForward, startVerify, stopRun } from './run-work.ts';
import { changeSchedule, destinationsOf, statusOf } from './status.ts';
import { putFilesFirst, steer } from './steer.ts';
import { takeImage } from './take-image.ts';
import { tellingFailure, valueOrTold } from './tell-failure.ts';
import { forgetPort, learnPort, usbPortsOf } from './usb-ports.ts';

/** A call in process cannot be taken back. */
const NEVER = new AbortController().signal;

/** The private interface of a station, served on its socket or called in process: the same either way. */
export function createRouter(station: Station) {
  const os = implement(localContract).use(tellingFailure);
  const { ledger, clock, identity, actor, stages } = station;
  const importing = () => ({ ledger, agencyId: identity.agencyId, zone: station.policy('camera-zone'), now: clock.now, actor });
  const fileOf = (input: { name: string; contentBase64: string }) => [Buffer.from(input.contentBase64, 'base64'), input.name] as const;

  return os.router({
    station: {
      status: os.station.status.handler(() => statusOf(station)),
      verify: os.station.verify.handler(async ({ input }) => {
        const started = startVerify(station, input.full, { actor, id: input.run });
        return valueOrTold(started.ok ? await started.value.finished : started);
      }),
      stopRun: os.station.stopRun.handler(({ input }) => stopRun(station, input.run)),
      policy: os.station.policy.handler(() => PolicyKey.options.map((key) => ({ key, value: station.policy(key), default: POLICY[key].default }))),
      setPolicy: os.station.setPolicy.handler(({ input }) => setPolicy(ledger, { key: input.key, value: input.value, actor, at: clock.now() })),
      confirmClock: os.station.confirmClock.handler(() => confirmClock(station, actor)),
      adminCode: os.station.adminCode.handler(() =>
        station.purpose === 'station'
          ? { ok: true as const, value: { code: station.setUpCode.renew() } }
          : failed('data-folder.station-unreachable', station.paths.root, 'no station runs'),
      ),
      backup: os.station.backup.handler(({ input }) => backup(station, input.out)),
    },
    docking: {
      live: os.docking.live.handler(() => station.dockings.live()),
      steer: os.docking.steer.handler(({ input }) => steer(station, input, actor)),
      putFirst: os.docking.putFirst.handler(({ input }) => putFilesFirst(station, input, actor)),
      ingest: os.docking.ingest.handler(async function* ({ input }) {
        const operator = { camera: input.camera, officer: input.officer };
        yield* ingestSources(station, { sources: input.sources, operator, caseNumber: input.caseNumber });
      }),
      takeImage: os.docking.takeImage.handler(({ input }) => takeImage(station, input.port, actor)),
      usbPorts: os.docking.usbPorts.handler(() => usbPortsOf(station)),
      learnPort: os.docking.learnPort.handler(({ input, signal }) => learnPort(station, input.port, actor, signal ?? NEVER)),
      forgetPort: os.docking.forgetPort.handler(({ input }) => forgetPort(station, input.port, actor)),
      cameras: os.docking.cameras.handler(() => camerasOf(station)),
      importCameras: os.docking.importCameras.handler(({ input }) =>
        importCameras({ ledger, profiles: station.profiles, actor, now: clock.now }, ...fileOf(input)),
      ),
      registerCamera: os.docking.registerCamera.handler(({ input }) =>
        registerByHand({ ledger, profiles: station.profiles, actor, now: clock.now }, input),
      ),
      setCameraPassword: os.docking.setCameraPassword.handler(({ input }) =>
        setCameraPassword({ ledger, profiles: station.profiles, stationId: identity.stationId, actor, now: clock.now }, input),
      ),
      mergeCameras: os.docking.mergeCameras.handler(({ input }) => mergeCameras({ ledger, now: clock.now, actor }, input)),
      separateCamera: os.docking.separateCamera.handler(({ input }) => separateCamera({ ledger, now: clock.now, actor }, input.camera)),
    },
    evidence: {
      importCases: os.evidence.importCases.handler(({ input }) => importCases(importing(), ...fileOf(input))),
      importPeople: os.evidence.importPeople.handler(({ input }) => importPeople(importing(), ...fileOf(input))),
      link: os.evidence.link.handler(({ input }) =>
        linkUnit(importing(), { unit: input.recording, caseNumber: input.caseNumber, stage: input.stage }),
      ),
      hold: os.evidence.hold.handler(({ input }) =>
        holdCase({ ledger, now: clock.now, actor }, agencyUuid(identity.agencyId, 'case', input.caseNumber), input.reason),
      ),
      release: os.evidence.release.handler(({ input }) =>
        releaseCase({ ledger, now: clock.now, actor }, agencyUuid(identity.agencyId, 'case', input.caseNumber)),
      ),
      export: os.evidence.export.handler(({ input }) => {
        const id = agencyUuid(identity.agencyId, 'case', input.caseNumber);
        return exportCase(stages.forward, { id, number: input.caseNumber }, input.out);
      }),
    },
    archive: {
      destinations: os.archive.destinations.handler(() => destinationsOf(station)),
      addDestination: os.archive.addDestination.handler(({ input }) =>
        addDestination({ ledger, work: station.work, now: clock.now, actor, vaultRoot: station.vault.root }, input.name, input.settings),
      ),
      hostKey: os.archive.hostKey.handler(({ input }) => hostKeyOf(input)),
      scheduleDestination: os.archive.scheduleDestination.handler(({ input }) => changeSchedule(station, input, actor)),
      importConnection: os.archive.importConnection.handler(({ input }) => importConnectionTo(station, actor, input)),
      testDestination: os.archive.testDestination.handler(({ input }) => testDestination(stages.forward, input.name)),
      forward: os.archive.forward.handler(async ({ input }) => {
        const started = startForward(station, input, { actor, id: input.run });
        return started.ok ? started.value.finished : started;
      }),
      writeCatalogue: os.archive.writeCatalogue.handler(({ input }) => writeCatalogues(stages.catalogue, input.to)),
      reconcile: os.archive.reconcile.handler(async function* ({ input }) {
        yield* reconcileByCommand(station, input);
      }),
      stations: os.archive.stations.handler(({ input }) => {
        const destination = findDestination(ledger, input.to ?? 'local');
        return destination.ok ? stages.desk.stations(destination.value) : destination;
      }),
      reconcileAll: os.archive.reconcileAll.handler(async function* ({ input }) {
        yield* reconcileAllByCommand(station, input);
      }),
      explain: os.archive.explain.handler(({ input }) => explainDifference({ ledger, now: clock.now, actor }, input)),
      explainAll: os.archive.explainAll.handler(({ input }) => explainArchiveDifference({ ledger, now: clock.now, actor }, input)),
      reopen: os.archive.reopen.handler(({ input }) => reopenDifference({ ledger, now: clock.now, actor }, input.explanation)),
    },
  });
}
export type LocalRouter = ReturnType<typeof createRouter>;

function camerasOf(station: Station) {
  type Row = { camera_id: string; serial: string; identity_source: string; profile: string; same_as: string; items: number; last: string | null };
  return sql<Row>(
    station.ledger.reader,
    `SELECT camera_id, serial, identity_source, profile, same_as,
       coalesce((SELECT n FROM ingest_totals WHERE what = 'items of ' || c.camera_id), 0) AS items,
       (SELECT max(started_at) FROM dockings d WHERE d.camera_id = c.camera_id) AS last FROM cameras c ORDER BY serial`,
  )
    .all()
    .map((row) => ({
      cameraId: row.camera_id,
      serial: row.serial,
      identitySource: row.identity_source,
      profile: row.profile,
      items: row.items,
      lastDocked: row.last,
      clock: cameraClock(station.ledger, [row.camera_id]),
      sameAs: row.same_as === row.camera_id ? null : row.same_as,
    }));
}
