import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findDestination, reconcile, reconcileArchive } from '../archive/index.ts';
import type { ArchiveReconcileEvent, ReconcileEvent, RecordedArchiveResult } from '../contract/api/archive.ts';
import type { Failure, Result } from '../contract/errors.ts';
import type { Progress } from '../contract/long-run.ts';
import { writeArchiveReport, writeReport } from '../reports/index.ts';
import type { LongWork, Started } from './long-work.ts';
import type { Station } from './open-station.ts';
import { sheetInput } from './sheet-input.ts';
import { readSource } from './source-files.ts';
import { headOf } from './status.ts';

/** How often a command hears how far it is, ms. */
const TELL_MS = 1000;

/**
 * A reconciliation that a command asked for, of a source too where it names one. It is the station's: screens see it, and one
 * of the same that goes on is joined. When the command goes away, what was begun for it stops.
 */
export async function* reconcileByCommand(
  station: Station,
  input: { source: string | null; to: string | null; report: string | null; run?: string | undefined },
): AsyncGenerator<ReconcileEvent> {
  const { actor, engine, longWork } = station;
  const destination = findDestination(station.ledger, input.to ?? 'local');
  if (!destination.ok) return yield { event: 'done', outcome: destination };
  const { source } = input;
  // The result is shown to other machines as well: where the source lies on this one is nobody's business there.
  const sourceName = source === null ? null : path.basename(source);
  const what = sourceName === null ? destination.value.name : `${sourceName}, ${destination.value.name}`;
  const started = longWork.reconcile.start({ what, destinationId: destination.value.id, actor, id: input.run }, (watch) => {
    const files = source === null ? null : readSource(source, engine, watch.signal);
    return reconcile(station.stages.forward, { source: files, sourceName, destination: destination.value, actor }, watch);
  });
  for await (const event of followed(longWork.reconcile, started)) {
    if (event.event === 'done' && event.outcome.ok && input.report !== null) {
      const written = writeReport(input.report, sheetInput(station, event.outcome.value, actor.id));
      if (!written.ok) return yield { event: 'done', outcome: written };
    }
    yield event;
  }
}

/** The same of all stations of an archive, from the archive alone. */
export async function* reconcileAllByCommand(
  station: Station,
  input: { to: string | null; report: string | null; sinceClean: boolean },
): AsyncGenerator<ArchiveReconcileEvent> {
  const { actor, longWork } = station;
  const destination = findDestination(station.ledger, input.to ?? 'local');
  if (!destination.ok) return yield { event: 'done', outcome: destination, unprinted: null };
  const request = { destination: destination.value, actor, sinceClean: input.sinceClean };
  const how = input.sinceClean ? 'quick' : 'full';
  const started = longWork.archive.start({ what: destination.value.name, how, destinationId: destination.value.id, actor }, (watch) =>
    reconcileArchive(station.stages.catalogue, request, watch),
  );
  for await (const event of followed(longWork.archive, started)) {
    if (event.event === 'progress') yield event;
    else yield { ...event, ...(await reported(station, event.outcome, input.report)) };
  }
}

/** What came of it once its report is written, where one was asked for. */
async function reported(
  station: Station,
  outcome: Result<RecordedArchiveResult>,
  report: string | null,
): Promise<{ outcome: Result<RecordedArchiveResult>; unprinted: Failure | null }> {
  if (!outcome.ok || report === null) return { outcome, unprinted: null };
  const { actor, clock } = station;
  const about = { by: actor.id, exportedAt: clock.now(), head: headOf(station), zone: station.policy('camera-zone') };
  const written = await writeArchiveReport(report, { recorded: outcome.value, ...about });
  return written.ok ? { outcome, unprinted: written.value.unprinted } : { outcome: written, unprinted: null };
}

type Followed<T> = { event: 'progress'; progress: Progress; remainingMs: number | null } | { event: 'done'; outcome: Result<T> };

/** How far the work is, then what came of it. What was begun for somebody who goes away stops. */
async function* followed<T>(work: LongWork<T>, started: Result<Started<T>>): AsyncGenerator<Followed<T>> {
  if (!started.ok) return yield { event: 'done', outcome: started };
  const { id, joined, finished } = started.value;
  try {
    for (let over = false; !over; ) {
      const pause = new AbortController();
      over = await Promise.race([finished.then(() => true), setTimeout(TELL_MS, false, { signal: pause.signal })]);
      pause.abort();
      const run = work.last();
      if (!over && run?.progress) yield { event: 'progress', progress: run.progress, remainingMs: run.remainingMs };
    }
    yield { event: 'done', outcome: await finished };
  } finally {
    if (!joined) work.cancel(id);
  }
}
