import {
  type DestinationStanding,
  explainDifference,
  findDestination,
  listReconciliations,
  queueOf,
  readResult,
  reconcile,
  reopenDifference,
  reportOf,
  testDestination,
  troubleOf,
} from '../../archive/index.ts';
import type { ForwardReport } from '../../contract/api/archive.ts';
import { done, type Failure, failed, type Result } from '../../contract/errors.ts';
import type { Actor } from '../../contract/values.ts';
import type { DestinationRow, ExportFormat, ForwardRun, ReconcileRun } from '../../contract/web/archive.ts';
import { catalogueRow } from '../../evidence/index.ts';
import type { Ledger } from '../../ledger/index.ts';
import { makeReport } from '../../reports/index.ts';
import { sql } from '../../store/index.ts';
import { importConnectionTo } from '../import-connection.ts';
import { shownRun } from '../long-works.ts';
import type { Station } from '../open-station.ts';
import { startForward } from '../run-work.ts';
import { sheetInput } from '../sheet-input.ts';
import { changeSchedule, destinationsOf } from '../status.ts';
import { downloadOf, named, reportFile } from './archive-answers.ts';
import { serialOf } from './recording-rows.ts';
import { actorOf, type GuardedContract, type WebContext } from './web-context.ts';

const MAX_RECONCILIATIONS = 50;
const MAX_QUEUE = 500;

/** Destinations, what waits for them, and reconciliation. */
export function archiveHandlers({ archive: os }: GuardedContract) {
  return {
    destinations: os.destinations.handler(({ context }) => {
      const { ledger } = context.station;
      const last = sql<{ at: string | null }>(ledger.reader, 'SELECT max(at) AS at FROM receipts WHERE destination_id = ?');
      return destinationsOf(context.station).map((one) => ({
        ...one,
        trouble: one.waiting > 0 ? troubleOf(ledger, one) : null,
        breaker: breakerOf(context.station.stages.forward.breakers.of(one.id), one.name),
        lastReceiptAt: last.get(one.id)?.at ?? null,
        rateNow: context.station.stages.forward.paces.rateNow(one.schedule.caps),
      }));
    }),
    queue: os.queue.handler(({ context }) => {
      const { ledger } = context.station;
      return queueOf(ledger, MAX_QUEUE).map((one) => {
        const row = catalogueRow(ledger.reader, one.unitId);
        return { ...one, camera: row ? serialOf(ledger, row.camera_id) : '', startLocal: row?.start_local ?? null };
      });
    }),
    importConnection: os.importConnection.handler(async ({ context, input }) => {
      const imported = await importConnectionTo(context.station, actorOf(context), input);
      if (imported.ok) return done({ id: imported.value.id, name: imported.value.name });
      // It names the fields that are wrong, and no place on this machine.
      return imported.failure.code === 'destination.connection-file-invalid' ? imported : named(input.name, imported);
    }),
    test: os.test.handler(({ context, input }) => named(input.name, testDestination(context.station.stages.forward, input.name))),
    schedule: os.schedule.handler(({ context, input }) => changeSchedule(context.station, input, actorOf(context))),
    forward: os.forward.handler(({ context, input }) => {
      const started = startForward(context.station, input, { actor: actorOf(context) });
      return started.ok ? done(forwardRun(context.station) as ForwardRun) : started;
    }),
    forwardRun: os.forwardRun.handler(({ context }) => forwardRun(context.station)),
    cancelForward: os.cancelForward.handler(({ context, input }) => {
      context.station.longWork.forward.cancel(input.id);
      return forwardRun(context.station);
    }),
    stations: os.stations.handler(({ context, input }) => {
      const destination = findDestination(context.station.ledger, input.name);
      return destination.ok ? named(input.name, context.station.stages.desk.stations(destination.value)) : destination;
    }),
    reconcile: os.reconcile.handler(({ context, input }) => {
      const destination = findDestination(context.station.ledger, input.to);
      if (!destination.ok) return destination;
      const actor = actorOf(context);
      const request = { source: null, sourceName: null, destination: destination.value, actor };
      const started = context.station.longWork.reconcile.start({ what: input.to, destinationId: destination.value.id, actor }, (watch) =>
        named(input.to, reconcile(context.station.stages.forward, request, watch)),
      );
      return started.ok ? done(reconcileRun(context.station) as ReconcileRun) : started;
    }),
    reconcileRun: os.reconcileRun.handler(({ context }) => reconcileRun(context.station)),
    cancelReconcile: os.cancelReconcile.handler(({ context, input }) => {
      context.station.longWork.reconcile.cancel(input.id);
      return reconcileRun(context.station);
    }),
    reconciliations: os.reconciliations.handler(({ context }) => listReconciliations(context.station.ledger, MAX_RECONCILIATIONS)),
    reconciliation: os.reconciliation.handler(({ context, input }) => reportOf(context.station.ledger, input.id)),
    explain: os.explain.handler(({ context, input }) =>
      explainDifference(acting(context), { reconciliation: input.id, difference: input.difference, reason: input.reason }),
    ),
    reopen: os.reopen.handler(({ context, input }) => reopenDifference(acting(context), input.id)),
    export: os.export.handler(async ({ context, input, errors, signal }) => {
      const made = await exportOf(context, input, signal ? AbortSignal.any([signal, context.signal]) : context.signal);
      if (!made.ok) throw errors.NOT_MADE({ data: made.failure });
      return downloadOf(made.value);
    }),
  };
}

function reconcileRun(station: Station): ReconcileRun | null {
  const run = shownRun(station, 'reconcile');
  if (run === null) return null;
  const { output, how: _, ...shown } = run;
  return { ...shown, result: output?.id ?? null };
}

function forwardRun(station: Station): ForwardRun | null {
  const run = shownRun(station, 'forward');
  if (run === null) return null;
  const { output, how, ...shown } = run;
  return { ...shown, onlyFailed: how === 'only-failed', reports: output?.map(withoutFolders) ?? null };
}

function acting(context: WebContext): { ledger: Ledger; now(): string; actor: Actor } {
  return { ledger: context.station.ledger, now: context.station.clock.now, actor: actorOf(context) };
}

/** A reconciliation as a file. */
async function exportOf(
  context: WebContext,
  { id, format, language }: { id: string; format: ExportFormat; language: 'zh' | 'en' },
  signal: AbortSignal,
): Promise<Result<File>> {
  const { station, session, names } = context;
  const kept = readResult(station.ledger, id);
  const report = await reportOf(station.ledger, id);
  if (!kept.ok) return kept;
  if (!report.ok) return report;
  const exportedBy = session ? names.person(session.personId).name : null;
  const made =
    format === 'json'
      ? done(Buffer.from(kept.value.canonical))
      : await makeReport(sheetInput(station, report.value, exportedBy), { format, language, signal });
  return reportFile(station, made, { ...report.value, destination: report.value.destination ?? 'vault', what: 'reconciliation', format });
}

function breakerOf({ standing, failures, untilMs, reason }: DestinationStanding, name: string): DestinationRow['breaker'] {
  return {
    standing,
    failures,
    until: untilMs === null ? null : new Date(untilMs).toISOString(),
    reason: reason === null ? null : failed(reason, name).failure,
  };
}

/** The same of what pushing to it came to. */
function withoutFolders(report: ForwardReport): ForwardReport {
  const shown = ({ code, what }: Failure) => failed(code, code.startsWith('destination.') ? report.destination : what).failure;
  return { ...report, failures: report.failures.map(shown) };
}
