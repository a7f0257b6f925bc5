import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findDestination, reconcile } from '../archive/index.ts';
import type { ReconcileEvent } from '../contract/api/archive.ts';
import { writeReport } from '../reports/index.ts';
import type { Station } from './open-station.ts';
import { sheetInput } from './sheet-input.ts';
import { readSource } from './source-files.ts';

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
  if (!started.ok) return yield { event: 'done', outcome: started };
  const { id, joined, finished } = started.value;
  try {
    for (let over = false; !over; ) {
      const pause = new AbortController();
      over = await Promise.race([finished.then(() => true), setTimeout(TELL_MS, false, { signal: pause.signal })]);
      pause.abort();
      const run = longWork.reconcile.last();
      if (!over && run?.progress) yield { event: 'progress', progress: run.progress, remainingMs: run.remainingMs };
    }
    const outcome = await finished;
    if (outcome.ok && input.report !== null) {
      const written = writeReport(input.report, sheetInput(station, outcome.value, actor.id));
      if (!written.ok) return yield { event: 'done', outcome: written };
    }
    yield { event: 'done', outcome };
  } finally {
    if (!joined) longWork.reconcile.cancel(id);
  }
}
