import { actorText, listDestinations } from '../archive/index.ts';
import type { ForwardReport, ReconcileReport, RecordedArchiveResult } from '../contract/api/archive.ts';
import type { VerifyReport } from '../contract/api/station.ts';
import type { RunEnded } from '../contract/entries/station.ts';
import { failed } from '../contract/errors.ts';
import type { LongRun } from '../contract/long-run.ts';
import type { Ledger } from '../ledger/index.ts';
import { lastEnded } from './long-run-projection.ts';
import { createLongWork, type LongWork, type Run } from './long-work.ts';

type Outputs = { reconcile: ReconcileReport; archive: RecordedArchiveResult; verify: VerifyReport; forward: ForwardReport[] };
type Work = keyof Outputs;

/** The long work of a station by kind, each done once at a time. */
export type LongWorks = { [W in Work]: LongWork<Outputs[W]> };

type Context = { ledger: Ledger; now(): string; onBug(error: unknown): void };

export function createLongWorks({ ledger, now, onBug }: Context): LongWorks {
  const record =
    (work: Work) =>
    async <Output>(run: Run<Output>) => {
      if (!isDamaged(run)) await recordEnd(ledger, work, run);
    };
  return {
    reconcile: createLongWork<ReconcileReport>({
      now,
      onBug,
      record: record('reconcile'),
      figuresOf: ({ same, missing, differs, extra, waiting }) => ({ same, differences: missing + differs + extra, waiting }),
    }),
    archive: createLongWork<RecordedArchiveResult>({
      now,
      onBug,
      record: record('archive'),
      figuresOf: ({ content: { items, same, waiting, counts } }) => ({
        items,
        same,
        differences: Object.values(counts).reduce((sum, count) => sum + count, 0),
        waiting,
      }),
    }),
    verify: createLongWork<VerifyReport>({
      now,
      onBug,
      record: record('verify'),
      figuresOf: ({ entries, items, violations, warnings }) => ({ entries, items, violations: violations.length, warnings: warnings.length }),
    }),
    forward: createLongWork<ForwardReport[]>({
      now,
      onBug,
      record: record('forward'),
      wasStopped: (reports) => reports.some((report) => report.stopped),
      figuresOf: (reports) => ({ forwarded: sumOf(reports, 'forwarded'), waiting: sumOf(reports, 'waiting') }),
    }),
  };
}

function sumOf(reports: readonly ForwardReport[], key: 'forwarded' | 'waiting'): number {
  return reports.reduce((sum, report) => sum + report[key], 0);
}

/** Nothing more is written into a damaged database: that could only make it worse. */
function isDamaged({ outcome }: Run<unknown>): boolean {
  if (outcome === null) return false;
  if (!outcome.ok) return outcome.failure.code === 'database.damaged';
  const { violations } = outcome.value as Partial<VerifyReport>;
  return violations?.some((violation) => violation.code === 'database.damaged') === true;
}

async function recordEnd(ledger: Ledger, work: Work, run: Run<unknown>): Promise<void> {
  const { id, how, destinationId, actor, startedAt, endedAt, elapsedMs, state, failure, figures } = run;
  if (endedAt === null || state === 'running' || state === 'stopping') throw new Error(`${work} has not ended`);
  const body: RunEnded = { runId: id, work, how, destinationId, startedAt, elapsedMs, state, reason: failure?.code ?? null, figures };
  await ledger.append([{ type: 'run.ended', subject: { kind: 'station', id: ledger.stationId }, actor, at: endedAt, body }]);
}

export type ShownRun<W extends Work> = LongRun & { how: RunEnded['how']; output: Outputs[W] | null };

/** The run of a kind that goes on, or how the last one ended, by the ledger when that was before the station's start; null when there was none. */
export function shownRun<W extends Work>({ ledger, longWork }: { ledger: Ledger; longWork: LongWorks }, work: W): ShownRun<W> | null {
  const run = longWork[work].last();
  if (run === null) return formerRun(ledger, work);
  const { actor, destinationId: _, outcome, ...shown } = run;
  return { ...shown, by: actorText(ledger, actor), output: outcome?.ok ? (outcome.value as Outputs[W]) : null };
}

function formerRun<W extends Work>(ledger: Ledger, work: W): ShownRun<W> | null {
  const former = lastEnded(ledger.reader, work);
  if (former === null) return null;
  const { runId: id, work: _, how, destinationId, startedAt, elapsedMs, state, reason, figures } = former.body;
  const names = listDestinations(ledger).flatMap((one) => (destinationId === null || one.id === destinationId ? [one.name] : []));
  const what = work === 'verify' ? (how ?? '') : names.join(', ');
  const failure = reason === null ? null : failed(reason, what).failure;
  const { at: endedAt, actor } = former;
  const over = { progress: null, remainingMs: null, output: null };
  return { id, what, how, by: actorText(ledger, actor), startedAt, endedAt, state, elapsedMs, figures, failure, ...over };
}
