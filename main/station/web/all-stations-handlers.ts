import {
  explainArchiveDifference,
  explanationsNow,
  findDestination,
  listArchiveReconciliations,
  readArchiveResult,
  reconcileArchive,
} from '../../archive/index.ts';
import type { ArchiveDifference } from '../../contract/archive-difference.ts';
import { done, type Result } from '../../contract/errors.ts';
import type { ArchiveReport, ExportFormat, ReconcileRun } from '../../contract/web/archive.ts';
import { makeArchiveReport } from '../../reports/index.ts';
import { shownRun } from '../long-works.ts';
import type { Station } from '../open-station.ts';
import { headOf } from '../status.ts';
import { downloadOf, named, reportFile } from './archive-answers.ts';
import { actorOf, type GuardedContract } from './web-context.ts';

const MAX_RECONCILIATIONS = 50;

/** Reconciliation of all stations of an archive, from the archive alone. */
export function allStationsHandlers({ archive: os }: GuardedContract) {
  return {
    reconcileAll: os.reconcileAll.handler(({ context, input }) => {
      const { ledger, longWork, stages } = context.station;
      const destination = findDestination(ledger, input.to);
      if (!destination.ok) return destination;
      const actor = actorOf(context);
      const request = { destination: destination.value, actor, sinceClean: input.sinceClean };
      const how = input.sinceClean ? 'quick' : 'full';
      const started = longWork.archive.start({ what: input.to, how, destinationId: destination.value.id, actor }, (watch) =>
        named(input.to, reconcileArchive(stages.catalogue, request, watch)),
      );
      return started.ok ? done(runOf(context.station) as ReconcileRun) : started;
    }),
    reconcileAllRun: os.reconcileAllRun.handler(({ context }) => runOf(context.station)),
    cancelReconcileAll: os.cancelReconcileAll.handler(({ context, input }) => {
      context.station.longWork.archive.cancel(input.id);
      return runOf(context.station);
    }),
    archiveReconciliations: os.archiveReconciliations.handler(({ context }) =>
      listArchiveReconciliations(context.station.ledger, MAX_RECONCILIATIONS),
    ),
    archiveReconciliation: os.archiveReconciliation.handler(({ context, input }) => reportOf(context.station, input)),
    explainArchive: os.explainArchive.handler(({ context, input }) =>
      explainArchiveDifference(
        { ledger: context.station.ledger, now: context.station.clock.now, actor: actorOf(context) },
        { reconciliation: input.id, difference: input.difference, reason: input.reason },
      ),
    ),
    exportArchive: os.exportArchive.handler(async ({ context, input, errors, signal }) => {
      const made = await exportOf(context.station, input, signal ? AbortSignal.any([signal, context.signal]) : context.signal);
      if (!made.ok) throw errors.NOT_MADE({ data: made.failure });
      return downloadOf(made.value);
    }),
  };
}

function runOf(station: Station): ReconcileRun | null {
  const run = shownRun(station, 'archive');
  if (run === null) return null;
  const { output, how: _, ...shown } = run;
  return { ...shown, result: output?.content.id ?? null };
}

type Asked = { id: string; class?: string | undefined; stationId?: string | undefined; search: string; from: number; limit: number };

async function reportOf({ ledger }: Station, { id, from, limit, ...filter }: Asked): Promise<Result<ArchiveReport>> {
  const read = readArchiveResult(ledger, id);
  if (!read.ok) return read;
  const { content, sha256: resultSha256, seq: entry, by } = read.value;
  const { differences, destination, format: _, head: __, upTo: ___, ...figures } = content;
  const matching = matchingOf(differences, filter);
  const next = from + limit < matching.length ? from + limit : null;
  const explanations = await explanationsNow(ledger);
  const stations = Map.groupBy(differences, (one) => one.stationId);
  return done({
    ...figures,
    destination: destination.name,
    by,
    resultSha256,
    entry,
    listed: differences.length,
    ofStations: [...stations].map(([stationId, of]) => ({ stationId, differences: of.length })),
    rows: matching.slice(from, from + limit).map((one) => ({ ...one, explanation: (one.id !== null && explanations.get(one.id)) || null })),
    matching: matching.length,
    next,
  });
}

/** Those of the class and the station that hold every word of the search somewhere. */
function matchingOf(differences: readonly ArchiveDifference[], wanted: Pick<Asked, 'class' | 'stationId' | 'search'>): ArchiveDifference[] {
  const words = wanted.search.toLowerCase().split(/\s+/);
  return differences.filter((one) => {
    if (wanted.class !== undefined && one.class !== wanted.class) return false;
    if (wanted.stationId !== undefined && one.stationId !== wanted.stationId) return false;
    const { stationId, unitId, itemId, dockingId, key, expected, found } = one;
    const all = [stationId, unitId, itemId, dockingId, key, expected, found].join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

async function exportOf(
  station: Station,
  { id, format, language }: { id: string; format: ExportFormat; language: 'zh' | 'en' },
  signal: AbortSignal,
): Promise<Result<File>> {
  const { ledger, clock, policy } = station;
  const read = readArchiveResult(ledger, id);
  if (!read.ok) return read;
  const { canonical, by, ...recorded } = read.value;
  const sheet = { recorded, by, exportedAt: clock.now(), head: headOf(station), zone: policy('camera-zone') };
  const made = format === 'json' ? done(Buffer.from(canonical)) : await makeArchiveReport(sheet, { format, language, signal });
  const { destination, endedAt } = recorded.content;
  return reportFile(station, made, { what: 'all-stations', destination: destination.name, endedAt, resultSha256: recorded.sha256, format });
}
