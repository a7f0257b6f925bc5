import fs from 'node:fs';
import type { ClockSource } from '../contract/values.ts';
import { entriesOfType, type Ledger } from '../ledger/index.ts';
import { CLOCK_LOOK_MS } from './clock-watch.ts';

const DAY_MS = 24 * 60 * 60_000;

/** systemd-timesyncd touches this file whenever it has synchronised the clock. */
const SYNCHRONISED_FILE = '/run/systemd/timesync/synchronized';

/** The station's clock as the domains use it. */
export type Clock = { now(): string; source(): ClockSource };

/**
 * The station's clock: `station-checked` when it was synchronised over the network, or confirmed by an admin on the
 * ledger, within the last 24 hours and not before it was last set; otherwise `station-unchecked`.
 */
export function createClock(ledger: () => Ledger, nowMs: () => number = Date.now): Clock {
  return {
    now: () => new Date(nowMs()).toISOString(),
    source: () => (within(synchronisedAt(ledger()), nowMs()) || within(confirmedAt(ledger()), nowMs()) ? 'station-checked' : 'station-unchecked'),
  };
}

function within(instant: number | null, now: number): boolean {
  return instant !== null && instant <= now && now - instant <= DAY_MS;
}

function synchronisedAt(ledger: Ledger): number | null {
  const at = fs.statSync(SYNCHRONISED_FILE, { throwIfNoEntry: false })?.mtimeMs ?? null;
  const step = lastStep(ledger);
  // Whoever synchronises the clock sets it first, which is noticed a moment after both.
  return at !== null && step && at < Date.parse(step.at) - 2 * CLOCK_LOOK_MS ? null : at;
}

function confirmedAt(ledger: Ledger): number | null {
  const last = entriesOfType(ledger.reader, 'clock.confirmed').at(-1);
  const step = lastStep(ledger);
  return last && (!step || step.seq < last.seq) ? Date.parse(last.at) : null;
}

const lastStep = (ledger: Ledger) => entriesOfType(ledger.reader, 'clock.stepped').at(-1);
