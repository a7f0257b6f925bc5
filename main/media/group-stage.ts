import { setTimeout } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Draft, Entry } from '../contract/entries/index.ts';
import { type Consumer, type Handled, latestEntry } from '../ledger/index.ts';
import { createTurns } from '../store/index.ts';
import { allProbed, factsOfItems, formerRecordings, hasGoneOn, probedOf, ungroupedIds } from './gather.ts';
import { actor, type MediaContext } from './media-context.ts';
import { clipOf, type PlannedUnit, planComplete, planUnits, type UngroupedItem } from './units.pure.ts';

/** A camera is looked at again after this many times as long as looking took, so that many files stay cheap. */
const REST = 10;

/**
 * Closes recordings and the other units of a camera once everything on it is settled and probed, and while it is still
 * being copied each recording that nothing to come can join, so that the archive gets it at once.
 */
export function groupStage(context: MediaContext): Consumer {
  const { ledger, now } = context;
  const inTurn = createTurns();
  const looks = createLooks();

  /** Two looks at a camera must never see the same item as free: looking and closing are one step. */
  async function close(cameraId: string, seq: number, plan: () => Promise<PlannedUnit[]>): Promise<void> {
    await inTurn(cameraId, async () => {
      const units = await plan();
      if (units.length > 0) await ledger.append(units.map((unit, n) => closed(unit, cameraId, seq, n === units.length - 1, now())));
    });
  }

  async function closeComplete(entry: Entry<'item.probed'>, signal: AbortSignal): Promise<void> {
    const stored = latestEntry(ledger.reader, 'item.stored', entry.subject.id);
    const cameraId = refOf(stored, 'camera');
    const dockingId = refOf(stored, 'docking');
    if (!cameraId || !dockingId || stored?.body.mediaKind !== 'video' || context.comingFromMs(dockingId) === null) return;
    const cameraIds = context.idsOfCamera(cameraId);
    await looks(cameraId, signal, () =>
      close(cameraId, entry.seq, async () => {
        // Asked before listing: what is stored in between is then still to come.
        const comingMs = context.comingFromMs(dockingId);
        if (comingMs === null) return [];
        const ids = ungroupedIds(ledger, cameraIds);
        const probed = probedOf(ledger, ids);
        const items = await factsOfItems(ledger, ids);
        const isKnown = (item: UngroupedItem) => item.mediaKind !== 'video' || probed.has(item.itemId);
        const unprobedMs = items.filter((item) => !isKnown(item)).map((item) => clipOf(item).startMs ?? Number.NEGATIVE_INFINITY);
        return planComplete(
          items.filter(isKnown),
          formerRecordings(ledger, cameraIds),
          unprobedMs.reduce((a, b) => Math.min(a, b), comingMs),
        );
      }),
    );
  }

  async function closeAll(entry: Entry, cameraId: string, signal: AbortSignal): Promise<Handled> {
    const cameraIds = context.idsOfCamera(cameraId);
    if (!(await allProbed(ledger, ungroupedIds(ledger, cameraIds, entry.seq), signal))) return 'later';
    await close(cameraId, entry.seq, async () => {
      const items = await factsOfItems(ledger, ungroupedIds(ledger, cameraIds, entry.seq));
      return planUnits(items, items.length > 0 ? formerRecordings(ledger, cameraIds) : []);
    });
    return 'settled';
  }

  return {
    name: 'group',
    types: ['item.probed', 'docking.proven', 'docking.interrupted', 'docking.ended'],
    parallel: 8,
    retryAfterMs: 60_000,
    async handle(entry, signal) {
      if (entry.type === 'item.probed') {
        // What this leaves, or never comes to because it is stopped, the end of the docking finds.
        await closeComplete(entry as Entry<'item.probed'>, signal);
        return 'settled';
      }
      const cameraId = refOf(entry, 'camera');
      if (!cameraId) return 'settled';
      const due = whenDue(context, entry, cameraId);
      return due === 'now' ? closeAll(entry, cameraId, signal) : due;
    },
  };
}

function refOf(entry: Entry | null, kind: 'camera' | 'docking'): string | null {
  return entry?.refs.find((ref) => ref.kind === kind)?.id ?? null;
}

/**
 * A docking that is proven is grouped at once. What one that broke off has left waits for the camera to come back, and
 * is closed without it when it stays away for as long as policy says.
 */
function whenDue(context: MediaContext, entry: Entry, cameraId: string): Handled | 'now' {
  if (entry.type === 'docking.proven') return 'now';
  if (entry.type === 'docking.ended' && (entry.body.clean || latestEntry(context.ledger.reader, 'docking.proven', entry.subject.id)))
    return 'settled';
  if (hasGoneOn(context.ledger, cameraId, entry.seq)) return 'settled';
  const waitedMs = Date.parse(context.now()) - Date.parse(entry.at);
  return waitedMs >= context.partialCloseAfterHours() * 3_600_000 ? 'now' : 'later';
}

/** Lets one look at a camera wait at a time: it will see what the others would. */
function createLooks() {
  const cameras = new Map<string, { waiting: boolean; notBeforeMs: number }>();
  return async (cameraId: string, signal: AbortSignal, look: () => Promise<void>): Promise<void> => {
    const state = cameras.get(cameraId) ?? { waiting: false, notBeforeMs: 0 };
    if (state.waiting) return;
    cameras.set(cameraId, state);
    state.waiting = true;
    await setTimeout(Math.max(0, state.notBeforeMs - performance.now()), undefined, { signal }).catch(() => undefined);
    state.waiting = false;
    if (signal.aborted) return;
    const startedMs = performance.now();
    await look();
    const endedMs = performance.now();
    state.notBeforeMs = endedMs + REST * (endedMs - startedMs);
  };
}

function closed(unit: PlannedUnit, cameraId: string, seq: number, isLast: boolean, at: string): Draft {
  const { officer, dockings, ...body } = unit;
  return {
    type: 'unit.closed',
    subject: { kind: 'unit', id: uuidv7() },
    refs: [
      { kind: 'camera', id: cameraId, role: 'camera' },
      ...dockings.map((id) => ({ kind: 'docking' as const, id, role: 'docking' })),
      ...(officer ? [{ kind: 'person' as const, id: officer, role: 'officer' }] : []),
      ...body.items.map((item) => ({ kind: 'item' as const, id: item.itemId, role: item.role })),
    ],
    actor: actor('group'),
    at,
    body,
    // The step names what is in the unit, not which it is in this run: after a crash in mid-append the rest is fewer.
    cause: { consumer: 'group', seq, step: isLast ? 'done' : `unit-${body.items[0]?.itemId}` },
  };
}
