import { findDestination, forwardAll, listDestinations } from '../archive/index.ts';
import type { ForwardReport } from '../contract/api/archive.ts';
import type { VerifyReport } from '../contract/api/station.ts';
import { done, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import { verifyAndRecord } from './admin-acts.ts';
import type { Started } from './long-work.ts';
import type { Station } from './open-station.ts';

/** Who begins long work, and the id they give it where they do. */
type Beginner = { actor: Actor; id?: string | undefined };

/** Begins a check of chain, tables and vault, or joins the same one that goes on. */
export function startVerify(station: Station, full: boolean, { actor, id }: Beginner): Result<Started<VerifyReport>> {
  const how = full ? 'full' : 'quick';
  const about = { what: how, how, actor, id } as const;
  return station.longWork.verify.start(about, async (watch) => done(await verifyAndRecord(station, full, actor, watch)));
}

export type ForwardRequest = {
  /** Null for every archive. */
  to: string | null;
  onlyFailed: boolean;
};

/** Begins to push what waits, or joins the same push that goes on. Fails with `destination.unknown`. */
export function startForward(station: Station, { to, onlyFailed }: ForwardRequest, { actor, id }: Beginner): Result<Started<ForwardReport[]>> {
  const { ledger, stages, longWork } = station;
  const named = to === null ? null : findDestination(ledger, to);
  if (named && !named.ok) return named;
  const what = named ? named.value.name : listDestinations(ledger).map(({ name }) => name);
  const how = onlyFailed ? 'only-failed' : 'all';
  const about = { what: [what].flat().join(', '), how, destinationId: named?.value.id ?? null, actor, id } as const;
  return longWork.forward.start(about, (watch) => forwardAll(stages.forward, to, onlyFailed, watch));
}

/** Stops the long work of that id, of whatever kind, when it still goes on. */
export function stopRun({ longWork }: Station, id: string): void {
  for (const work of Object.values(longWork)) work.cancel(id);
}
