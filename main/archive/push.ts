import type { ForwardReport } from '../contract/api/archive.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { createProver } from './custody.ts';
import { type Destination, findDestination, listDestinations, scheduleOf } from './destinations.ts';
import { closingOf, countDue, type DueUnit, dueUnits } from './due.ts';
import { inParallel } from './file-reader.ts';
import type { ForwardContext } from './forward.ts';
import { forwardOnce, isAtTheDoor, mirrorOnce, unlessStopped } from './forward-once.ts';
import { MOST_AT_ONCE } from './pace.pure.ts';
import { totalsOf } from './trouble.ts';
import { UNWATCHED, type Watch } from './watch.ts';

/**
 * Pushes everything that is due to one destination, or to all (null); with `onlyFailed` only what failed before. Somebody
 * asked for it, so a destination that rests is asked too; one that is paused is not, and caps hold. Ends with what each holds
 * now. When `watch.signal` aborts, nothing more is pushed and each report says so; what went has its receipt, what did not
 * waits as before.
 */
export async function forwardAll(
  context: ForwardContext,
  to: string | null,
  onlyFailed = false,
  watch: Watch = UNWATCHED,
): Promise<Result<ForwardReport[]>> {
  const named = to === null ? null : findDestination(context.ledger, to);
  if (named && !named.ok) return named;
  const destinations = named ? [named.value] : listDestinations(context.ledger);
  const due = destinations.reduce((sum, { id }) => sum + countDue(context.ledger, id, onlyFailed), 0);
  let tried = 0;
  const told = (more: number) => {
    tried += more;
    // What is closed meanwhile is pushed too.
    watch.onProgress({ phase: 'forward', items: tried, ofItems: Math.max(tried, due), bytes: 0, ofBytes: null });
  };
  told(0);
  const reports: ForwardReport[] = [];
  for (const destination of destinations) {
    reports.push(await forwardDue(context, destination, onlyFailed, watch.signal, () => told(1)));
  }
  return { ok: true, value: reports };
}

async function forwardDue(
  context: ForwardContext,
  destination: Destination,
  onlyFailed: boolean,
  signal: AbortSignal,
  onTried: () => void,
): Promise<ForwardReport> {
  const report: ForwardReport = {
    destination: destination.name,
    forwarded: 0,
    items: 0,
    bytes: 0,
    waiting: 0,
    segments: 0,
    failures: [],
    stopped: false,
  };
  const prover = createProver(context.ledger, context.segments);
  const push = async (due: DueUnit): Promise<Result<null>> => {
    const closed = closedNow(context, destination);
    if (closed) {
      report.failures.push(closed);
      return { ok: false, failure: closed };
    }
    const result = await forwardOnce(context, destination, closingOf(context.ledger, due), { prover, signal });
    onTried();
    if (!result.ok) {
      report.failures.push(result.failure);
      report.waiting += 1;
      // What stops one unit at the door stops them all; asking for each would only make a long list of the same.
      return isAtTheDoor(result.failure) || context.breakers.of(destination.id).standing === 'open' ? result : done(null);
    }
    report.forwarded += 1;
    report.items += result.value.length;
    report.bytes += result.value.reduce((sum, item) => sum + item.sizeBytes, 0);
    return done(null);
  };
  const atOnce = destination.sameDisk ? 1 : MOST_AT_ONCE;
  const pushed = await unlessStopped(inParallel(atOnce, dueUnits(context.ledger, destination.id, onlyFailed), push), signal);
  report.stopped = pushed === null;
  const stopped = pushed !== null && !pushed.ok;
  const mirrored = stopped || report.stopped ? null : await mirrorOnce(context, destination);
  if (mirrored?.ok) report.segments = mirrored.value;
  else if (mirrored && !report.failures.some((failure) => failure.code === mirrored.failure.code)) report.failures.push(mirrored.failure);
  report.waiting = totalsOf(context.ledger, destination.id).waiting;
  return report;
}

/** Why a destination gets nothing now, by its schedule; null when it may. */
function closedNow({ ledger, paces }: ForwardContext, { id, name }: Destination): Failure | null {
  const { paused, caps } = scheduleOf(ledger, id);
  if (paused) return failed('destination.paused', name).failure;
  return paces.rateNow(caps) === 0 ? failed('destination.off-hours', name).failure : null;
}
