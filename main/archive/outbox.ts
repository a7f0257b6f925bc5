import { once } from 'node:events';
import type { ForwardReport } from '../contract/api/archive.ts';
import type { Entry } from '../contract/entries/index.ts';
import type { ErrorCode, Failure, Result } from '../contract/errors.ts';
import { type Consumer, frameOf, type SealedBytes } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { createProver } from './custody.ts';
import { type Destination, findDestination, listDestinations, probeDestination } from './destinations.ts';
import { type ForwardContext, type ForwardOptions, forwardUnit, mirrorLedger } from './forward.ts';
import { totalsOf } from './trouble.ts';
import { UNWATCHED, type Watch } from './watch.ts';

const ACTOR = { kind: 'system' as const, id: 'forward' };

/**
 * The outbox: forwards every closed unit to every destination there is. What a destination does not take waits and is
 * asked again; one that fails by itself is left alone for a while. A restart goes on where it stopped, because what is
 * done is on the ledger.
 */
export function forwardStage(context: ForwardContext): Consumer {
  const { ledger, breakers } = context;
  return {
    name: 'forward',
    types: ['unit.closed'],
    parallel: 1,
    retryAfterMs: 30_000,
    async handle(entry, signal) {
      const unit = entry as Entry<'unit.closed'>;
      let waiting = false;
      for (const destination of listDestinations(ledger)) {
        if (signal.aborted) return 'later';
        if (hasReceipt(ledger, unit, destination)) continue;
        if (!breakers.mayTry(destination.id)) waiting = true;
        else if (!(await unlessStopped(forwardOnce(context, destination, unit, { signal }), signal))?.ok) waiting = true;
      }
      if (waiting) return 'later';
      for (const destination of listDestinations(ledger)) {
        if (!breakers.mayTry(destination.id) || !(await mirrorOnce(context, destination)).ok) waiting = true;
      }
      return waiting ? 'later' : 'settled';
    },
  };
}

/**
 * Pushes everything that is due to one destination, or to all (null); with `onlyFailed` only what failed before. Somebody
 * asked for it, so a destination that rests is asked too. Ends with what each holds now. When `watch.signal` aborts, nothing
 * more is pushed and each report says so; what went has its receipt, what did not waits as before.
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
  const due = destinations.reduce((sum, { id }) => sum + countDue(context, id, onlyFailed), 0);
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
  let stopped = false;
  for (const unit of dueUnits(context, destination, onlyFailed)) {
    const result = await unlessStopped(forwardOnce(context, destination, unit, { prover, signal }), signal);
    report.stopped = result === null;
    if (result === null) break;
    onTried();
    if (!result.ok) {
      report.failures.push(result.failure);
      report.waiting += 1;
      // What stops one unit at the door stops them all; asking for each would only make a long list of the same.
      stopped = isAtTheDoor(result.failure) || context.breakers.of(destination.id).standing === 'open';
      if (stopped) break;
      continue;
    }
    report.forwarded += 1;
    report.items += result.value.length;
    report.bytes += result.value.reduce((sum, item) => sum + item.sizeBytes, 0);
  }
  const mirrored = stopped || report.stopped ? null : await mirrorOnce(context, destination);
  if (mirrored?.ok) report.segments = mirrored.value;
  else if (mirrored && !report.failures.some((failure) => failure.code === mirrored.failure.code)) report.failures.push(mirrored.failure);
  report.waiting = totalsOf(context.ledger, destination.id).waiting;
  return report;
}

/** What comes of it; null when the signal's abort ended it on the way. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return null;
    throw error;
  }
}

/** Failures that the next unit would meet as well. */
const AT_THE_DOOR: ReadonlySet<ErrorCode> = new Set([
  ...(['destination.unreachable', 'destination.identity-differs', 'destination.full', 'destination.busy'] as const),
  ...(['destination.credentials', 'destination.not-permitted', 'destination.not-trusted', 'destination.key-unusable'] as const),
]);

function isAtTheDoor(failure: Failure): boolean {
  return AT_THE_DOOR.has(failure.code);
}

/**
 * Tells the breaker what came of asking a destination. A write that failed is the destination's own fault when nothing
 * else can be written there either: one bad bag never stops the others.
 */
async function noteAnswer(context: ForwardContext, destination: Destination, failure: Failure | null): Promise<void> {
  const isItsOwn =
    failure !== null &&
    (isAtTheDoor(failure) || (failure.code === 'destination.write-failed' && !(await probeDestination(context.connections, destination)).ok));
  // Whoever renews the key file expects the new one to be tried.
  if (failure?.code === 'destination.credentials') await context.connections.drop(destination.id);
  if (isItsOwn) context.breakers.failed(destination.id, failure.code);
  else context.breakers.answered(destination.id);
}

async function mirrorOnce(context: ForwardContext, destination: Destination): Promise<Result<number>> {
  const mirrored = await mirrorLedger(context, destination);
  await noteAnswer(context, destination, mirrored.ok ? null : mirrored.failure);
  return mirrored;
}

function hasReceipt(ledger: ForwardContext['ledger'], unit: Entry<'unit.closed'>, destination: Destination): boolean {
  return sql(ledger.reader, 'SELECT 1 FROM receipts WHERE unit_id = ? AND destination_id = ?').get(unit.subject.id, destination.id) !== undefined;
}

/** Units that a destination still lacks, or of them only those that failed before, oldest first; read in pages. */
function* dueUnits(context: ForwardContext, destination: Destination, onlyFailed: boolean): Generator<Entry<'unit.closed'>> {
  const page = sql<SealedBytes & { seq: number }>(
    context.ledger.reader,
    `SELECT seq, canonical, hash FROM forward_queue JOIN entries ON seq = closed_seq
     WHERE destination_id = ? AND closed_seq > ? ${onlyFailed ? 'AND attempts > 0' : ''} ORDER BY closed_seq LIMIT 200`,
  );
  for (let rows = page.all(destination.id, 0); rows.length > 0; rows = page.all(destination.id, rows.at(-1)?.seq)) {
    for (const row of rows) yield frameOf(row) as Entry<'unit.closed'>;
  }
}

function countDue(context: ForwardContext, destinationId: string, onlyFailed: boolean): number {
  if (!onlyFailed) return totalsOf(context.ledger, destinationId).waiting;
  const text = 'SELECT count(*) AS n FROM forward_queue WHERE destination_id = ? AND attempts > 0';
  return sql<{ n: number }>(context.ledger.reader, text).get(destinationId)?.n ?? 0;
}

/** Waits until another's work is over, however it ends. Throws the signal's reason when that aborts first. */
async function overOrStopped(other: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const waited = new AbortController();
  const stopped = once(signal, 'abort', { signal: waited.signal }).catch(() => undefined);
  await Promise.race([other.catch(() => undefined), stopped]);
  waited.abort();
  signal.throwIfAborted();
}

type Stoppable = ForwardOptions & { signal: AbortSignal };
type ForwardedItems = { itemId: string; sizeBytes: number }[];

/** Bags being written now. The stage and a command may be after the same one; the second finds what the first made. */
const underWay = new Map<string, Promise<unknown>>();

async function forwardOnce(
  context: ForwardContext,
  destination: Destination,
  unit: Entry<'unit.closed'>,
  options: Stoppable,
): Promise<Result<ForwardedItems>> {
  const key = `${destination.id}/${unit.subject.id}`;
  for (let other = underWay.get(key); other; other = underWay.get(key)) await overOrStopped(other, options.signal);
  options.signal.throwIfAborted();
  const mine = forwardAlone(context, destination, unit, options);
  underWay.set(key, mine);
  try {
    return await mine;
  } finally {
    underWay.delete(key);
  }
}

async function forwardAlone(
  context: ForwardContext,
  destination: Destination,
  unit: Entry<'unit.closed'>,
  options: ForwardOptions,
): Promise<Result<ForwardedItems>> {
  const { ledger, now } = context;
  const cause = (step: string) => ({ consumer: `forward:${destination.name}`, seq: unit.seq, step });
  const about = { subject: unit.subject, refs: [{ kind: 'destination' as const, id: destination.id, role: 'destination' }], actor: ACTOR };
  if (hasReceipt(ledger, unit, destination)) return { ok: true, value: [] };
  await ledger.append([{ type: 'forward.intended', ...about, at: now(), body: { destinationId: destination.id }, cause: cause('intended') }]);
  const result = await forwardUnit(context, destination, unit, options);
  await noteAnswer(context, destination, result.ok ? null : result.failure);
  if (!result.ok) {
    await recordFailure(context, destination, unit, result.failure);
    return result;
  }
  await ledger.append([{ type: 'forward.done', ...about, at: now(), body: result.value, cause: cause('done') }]);
  return { ok: true, value: result.value.items };
}

/** A failure goes on the ledger when it is a new one for this unit, not each time it is met again. */
async function recordFailure(context: ForwardContext, destination: Destination, unit: Entry<'unit.closed'>, failure: Failure): Promise<void> {
  const former = sql<{ attempts: number; reason: string | null }>(
    context.ledger.reader,
    'SELECT attempts, reason FROM forward_queue WHERE destination_id = ? AND unit_id = ?',
  ).get(destination.id, unit.subject.id);
  if (former?.reason === failure.code) return;
  await context.ledger.append([
    {
      type: 'forward.failed',
      subject: unit.subject,
      refs: [{ kind: 'destination', id: destination.id, role: 'destination' }],
      actor: ACTOR,
      at: context.now(),
      body: {
        destinationId: destination.id,
        reason: failure.code,
        detail: /\bE[A-Z0-9]{2,}\b/.exec(failure.detail)?.[0] ?? '',
        attempt: (former?.attempts ?? 0) + 1,
      },
    },
  ]);
}
