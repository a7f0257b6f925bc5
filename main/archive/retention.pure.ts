import type { ObjectHeld, RetentionDue } from '../contract/entries/archive.ts';

/** What is known of a unit that says how long it has to be kept. */
export type Kept = { closedAt: string; linkedAt: string | null; held: boolean };
/** Days from the closing, and days from the newest link to a case. */
export type RetentionRules = { days: number; linkedDays: number };

const DAY_MS = 86_400_000;

/** Until when a unit has to be kept by the rules, and whether a case's legal hold keeps it beyond that. */
export function retentionOf({ closedAt, linkedAt, held }: Kept, { days, linkedDays }: RetentionRules): RetentionDue {
  const untilMs = [Date.parse(closedAt) + days * DAY_MS, ...(linkedAt === null ? [] : [Date.parse(linkedAt) + linkedDays * DAY_MS])];
  return { until: new Date(Math.max(...untilMs)).toISOString(), legalHold: held };
}

/** What a destination has to be told now, given what it was told before; null when nothing. A date is never made earlier. */
export function toTell(due: RetentionDue, told: RetentionDue | null): RetentionDue | null {
  if (told === null) return due;
  const isLonger = due.until > told.until;
  if (!isLonger && due.legalHold === told.legalHold) return null;
  return { until: isLonger ? due.until : told.until, legalHold: due.legalHold };
}

/** Until when the far end refuses to delete any of these; null when it does not refuse for one of them. */
export function enforcedBy(objects: readonly ObjectHeld[]): string | null {
  const until = objects.map((one) => one.retainUntil ?? '').sort()[0];
  return until ? until : null;
}
