import type { DestinationScheduled } from '../contract/entries/archive.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { findDestination, listDestinations } from './destinations.ts';

/** What is to be different; the rest stays. `after` is a name, null for none. */
export type ScheduleChange = { paused?: boolean | undefined; after?: string | null | undefined; caps?: DestinationScheduled['caps'] | undefined };

/**
 * Changes how the outbox treats a destination; nothing is written when nothing is different. Fails with `destination.unknown`,
 * and with `usage.invalid` when destinations would wait for one another.
 */
export async function scheduleDestination(
  { ledger, now, actor }: { ledger: Ledger; now(): string; actor: Actor },
  name: string,
  change: ScheduleChange,
): Promise<Result<DestinationScheduled>> {
  const found = findDestination(ledger, name);
  if (!found.ok) return found;
  const { id, schedule } = found.value;
  const before = change.after ? findDestination(ledger, change.after) : null;
  if (before && !before.ok) return before;
  const after = change.after === undefined ? schedule.after : (before?.value.id ?? null);
  if (waitsFor(ledger, after, id)) return failed('usage.invalid', `${name} – ${change.after}`, 'they would wait for each other');
  const body = { paused: change.paused ?? schedule.paused, after, caps: change.caps ?? schedule.caps };
  if (JSON.stringify(body) !== JSON.stringify({ paused: schedule.paused, after: schedule.after, caps: schedule.caps })) {
    await ledger.append([{ type: 'destination.scheduled', subject: { kind: 'destination', id }, actor, at: now(), body }]);
  }
  return done(body);
}

/** Whether a destination gets units only after another one, however many are in between. */
function waitsFor(ledger: Ledger, from: string | null, id: string): boolean {
  const after = new Map(listDestinations(ledger).map((one) => [one.id, one.schedule.after]));
  for (let at = from; at !== null; at = after.get(at) ?? null) if (at === id) return true;
  return false;
}
