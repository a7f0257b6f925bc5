import fs from 'node:fs';
import type { ClockSource } from '../contract/values.ts';
import { entriesOfType, type Ledger } from '../ledger/index.ts';

const DAY_MS = 24 * 60 * 60_000;

/** systemd-timesyncd touches this file whenever it has synchronised the clock. */
const SYNCHRONISED_FILE = '/run/systemd/timesync/synchronized';

/** The station's clock as the domains use it. */
export type Clock = { now(): string; source(): ClockSource };

/**
 * The station's clock: `station-checked` when it was synchronised over the network, or confirmed by an admin on the
 * ledger, within the last 24 hours; otherwise `station-unchecked`.
 */
export function createClock(ledger: () => Ledger, nowMs: () => number = Date.now): Clock {
  return {
    now: () => new Date(nowMs()).toISOString(),
    source: () => (within(synchronisedAt(), nowMs()) || within(confirmedAt(ledger()), nowMs()) ? 'station-checked' : 'station-unchecked'),
  };
}

function within(instant: number | null, now: number): boolean {
  return instant !== null && instant <= now && now - instant <= DAY_MS;
}

function synchronisedAt(): number | null {
  return fs.statSync(SYNCHRONISED_FILE, { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function confirmedAt(ledger: Ledger): number | null {
  const last = entriesOfType(ledger.reader, 'clock.confirmed').at(-1);
  return last ? Date.parse(last.at) : null;
}
