import { v7 as uuidv7 } from 'uuid';
import type { Draft, Entry } from '../contract/entries/index.ts';
import { type Consumer, type Handled, latestEntry } from '../ledger/index.ts';
import { allProbed, factsOfItems, formerRecordings, hasGoneOn, ungroupedIds } from './gather.ts';
import { actor, type MediaContext } from './media-context.ts';
import { type PlannedUnit, planUnits } from './units.pure.ts';

/** Closes recordings and the other units of a camera once everything on it is settled and probed. */
export function groupStage(context: MediaContext): Consumer {
  const { ledger, now } = context;
  const inTurn = createTurns();
  return {
    name: 'group',
    types: ['docking.proven', 'docking.interrupted', 'docking.ended'],
    parallel: 8,
    retryAfterMs: 60_000,
    async handle(entry, signal) {
      const cameraId = entry.refs.find((ref) => ref.kind === 'camera')?.id;
      if (!cameraId) return 'settled';
      const due = whenDue(context, entry, cameraId);
      if (due !== 'now') return due;
      if (!(await allProbed(ledger, ungroupedIds(ledger, cameraId, entry.seq), signal))) return 'later';
      // Two dockings of a camera must never see the same item as free: looking and closing are one step.
      return inTurn(async (): Promise<Handled> => {
        const items = await factsOfItems(ledger, ungroupedIds(ledger, cameraId, entry.seq));
        const units = planUnits(items, items.length > 0 ? formerRecordings(ledger, cameraId) : []);
        if (units.length > 0) await ledger.append(units.map((unit, n) => closed(unit, cameraId, entry.seq, n === units.length - 1, now())));
        return 'settled';
      });
    },
  };
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

/** Runs acts one after another. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(act: () => Promise<T>): Promise<T> => {
    const mine = last.then(act, act);
    last = mine;
    return mine;
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
