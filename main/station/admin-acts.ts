import type { Watch } from '../archive/index.ts';
import type { VerifyReport } from '../contract/api/station.ts';
import type { Actor } from '../contract/values.ts';
import type { Station } from './open-station.ts';
import { verifyStation } from './verify.ts';

/** Checks chain, tables and vault, and puts on the ledger that it was done and what it found. Nothing is put there when `watch.signal` aborts. */
export async function verifyAndRecord(station: Station, full: boolean, actor: Actor, watch: Watch): Promise<VerifyReport> {
  const report = await verifyStation(station, full, watch);
  // Nothing more is written into a damaged database: that could only make it worse.
  if (report.violations.some((violation) => violation.code === 'database.damaged')) return report;
  watch.signal.throwIfAborted();
  const { entries, items, bytesRead } = report;
  const body = { full, entries, items, bytesRead, violations: report.violations.length };
  const about = { subject: { kind: 'station' as const, id: station.identity.stationId }, actor, at: station.clock.now() };
  await station.ledger.append([{ type: 'verification.done', ...about, body }]);
  return report;
}

/** Puts on the ledger that someone says the station's clock is right. */
export async function confirmClock(station: Station, actor: Actor): Promise<{ seq: number }> {
  const about = { subject: { kind: 'station' as const, id: station.identity.stationId }, actor, at: station.clock.now() };
  const [entry] = await station.ledger.append([{ type: 'clock.confirmed', ...about, body: { by: actor.id } }]);
  if (!entry) throw new Error('an append returned nothing');
  return { seq: entry.seq };
}
