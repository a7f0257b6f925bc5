import { once } from 'node:events';
import type { Entry } from '../contract/entries/index.ts';
import type { ErrorCode, Failure, Result } from '../contract/errors.ts';
import { createTurns, sql } from '../store/index.ts';
import { type Destination, probeDestination } from './destinations.ts';
import { type ForwardContext, type ForwardOptions, forwardUnit, mirrorLedger } from './forward.ts';

const ACTOR = { kind: 'system' as const, id: 'forward' };

/** What comes of it; null when the signal's abort ended it on the way. */
export async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
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

export function isAtTheDoor(failure: Failure): boolean {
  return AT_THE_DOOR.has(failure.code);
}

/**
 * Tells the breaker what came of asking a destination. A write that failed is the destination's own fault when nothing
 * else can be written there either: one bad bag never stops the others.
 */
export async function noteAnswer(context: ForwardContext, destination: Destination, failure: Failure | null): Promise<void> {
  const isItsOwn =
    failure !== null &&
    (isAtTheDoor(failure) || (failure.code === 'destination.write-failed' && !(await probeDestination(context.connections, destination)).ok));
  // Whoever renews the key file expects the new one to be tried.
  if (failure?.code === 'destination.credentials') await context.connections.drop(destination.id);
  if (isItsOwn) context.breakers.failed(destination.id, failure.code);
  else context.breakers.answered(destination.id);
}

/** The outbox and a command may mirror to the same destination; the second finds what the first copied. */
const mirrors = createTurns();

/** Mirrors the ledger to a destination, one after another; what comes of it, the breaker knows. */
export function mirrorOnce(context: ForwardContext, destination: Destination): Promise<Result<number>> {
  return mirrors(destination.id, async () => {
    const mirrored = await mirrorLedger(context, destination);
    await noteAnswer(context, destination, mirrored.ok ? null : mirrored.failure);
    return mirrored;
  });
}

function hasReceipt(ledger: ForwardContext['ledger'], unit: Entry<'unit.closed'>, destination: Destination): boolean {
  return sql(ledger.reader, 'SELECT 1 FROM receipts WHERE unit_id = ? AND destination_id = ?').get(unit.subject.id, destination.id) !== undefined;
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
export type ForwardedItems = { itemId: string; sizeBytes: number }[];

/** Bags being written now. The stage and a command may be after the same one; the second finds what the first made. */
const underWay = new Map<string, Promise<unknown>>();

/** Forwards a unit unless it was forwarded already; what comes of it is on the ledger, and the breaker knows. */
export async function forwardOnce(
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
