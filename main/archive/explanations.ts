import { createHash, randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Explanation } from '../contract/api/archive.ts';
import type { Draft } from '../contract/entries/index.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Actor, Ref, Subject } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { findDifference, type KeptDifference, readResult } from './results.ts';

export type ExplainContext = { ledger: Ledger; now(): string; actor: Actor };
export type ExplainRequest = {
  /** Null for the newest reconciliation. */
  reconciliation: string | null;
  /** A difference's id, or the beginning of it. */
  difference: string;
  reason: string;
};

type Row = {
  explanation_id: string;
  at: string;
  subject_kind: Subject['kind'];
  subject_id: string;
  destination_id: string | null;
  actor_kind: Actor['kind'];
  actor_id: string;
  digest: string;
};

/** Private records opened before others are served: each was measured to take up to 0.1 ms. */
export const RECORDS_AT_ONCE = 100;

/**
 * The explanations that hold now, by the difference each explains. One whose private record was erased or does not match
 * its digest on the ledger holds no longer: nobody can say which difference it was for.
 */
export async function explanationsNow(ledger: Ledger): Promise<Map<string, Explanation>> {
  const found = new Map<string, Explanation>();
  for (const [n, row] of sql<Row>(ledger.reader, 'SELECT * FROM explanations ORDER BY seq').all().entries()) {
    if (n % RECORDS_AT_ONCE === 0) await setImmediate();
    const { difference, salt, reason } = ledger.records.get('explanation', row.explanation_id) ?? {};
    if (typeof difference !== 'string' || typeof salt !== 'string' || typeof reason !== 'string') continue;
    if (digestOf(salt, difference, reason) !== row.digest) continue;
    found.set(difference, { id: row.explanation_id, at: row.at, by: actorText(ledger, { kind: row.actor_kind, id: row.actor_id }), reason });
  }
  return found;
}

/**
 * Puts on the ledger why a difference of a recorded reconciliation is there, in the actor's words. The explanation holds for
 * exactly this difference, in every later reconciliation, until it is taken back. Fails when there is no such difference
 * or when it is explained already.
 */
export async function explainDifference(context: ExplainContext, request: ExplainRequest): Promise<Result<Explanation>> {
  const { ledger, actor } = context;
  const result = readResult(ledger, request.reconciliation);
  if (!result.ok) return result;
  const found = findDifference(result.value.content, request.difference);
  if (!found.ok) return found;
  const difference = found.value;
  const { code, destinationId, expectedSha256, foundSha256 } = difference;
  const reconciliationId = result.value.content.id;
  return putExplanation(context, { ...difference, reason: request.reason }, (explanation) => ({
    type: 'difference.explained',
    ...aboutOf(ledger, difference),
    actor,
    at: context.now(),
    body: { ...explanation, reconciliationId, code, destinationId, expectedSha256, foundSha256 },
  }));
}

/** Explains a difference that nobody has explained: the entry, and its private record. */
export async function putExplanation(
  { ledger, actor }: ExplainContext,
  { id: difference, what, reason }: { id: string; what: string; reason: string },
  draftOf: (explanation: { explanationId: string; digest: string }) => Draft<'difference.explained' | 'archive.difference-explained'>,
): Promise<Result<Explanation>> {
  const former = (await explanationsNow(ledger)).get(difference);
  if (former) return failed('difference.explained-already', what, former.id);
  const id = uuidv7();
  const salt = randomBytes(16).toString('base64url');
  const draft = draftOf({ explanationId: id, digest: digestOf(salt, difference, reason) });
  await ledger.append([draft], [{ kind: 'explanation', id, data: { difference, salt, reason } }]);
  return done({ id, at: draft.at, by: actorText(ledger, actor), reason });
}

/** Takes an explanation back: its difference is open again, and both entries stay on the ledger. */
export async function reopenDifference({ ledger, now, actor }: ExplainContext, explanationId: string): Promise<Result<{ seq: number }>> {
  const row = sql<Row>(ledger.reader, 'SELECT * FROM explanations WHERE explanation_id = ?').get(explanationId);
  if (!row) return failed('explanation.unknown', explanationId);
  const refs: Ref[] = row.destination_id === null ? [] : [{ kind: 'destination', id: row.destination_id, role: 'destination' }];
  const subject = { kind: row.subject_kind, id: row.subject_id };
  const [entry] = await ledger.append([{ type: 'difference.reopened', subject, refs, actor, at: now(), body: { explanationId } }]);
  if (!entry) throw new Error('an append returned nothing');
  return done({ seq: entry.seq });
}

/** The original, else the recording, else the destination, else the station itself; so it stands in their custody. */
function aboutOf(ledger: Ledger, { itemId, unitId, destinationId }: KeptDifference): { subject: Subject; refs: Ref[] } {
  const about: (Subject & { role: string })[] = [];
  if (itemId !== null) about.push({ kind: 'item', id: itemId, role: 'item' });
  if (unitId !== null) about.push({ kind: 'unit', id: unitId, role: 'unit' });
  if (destinationId !== null) about.push({ kind: 'destination', id: destinationId, role: 'destination' });
  const [first = { kind: 'station' as const, id: ledger.stationId }, ...refs] = about;
  return { subject: { kind: first.kind, id: first.id }, refs };
}

function digestOf(salt: string, difference: string, reason: string): string {
  return createHash('sha256').update(`${salt}\0${difference}\0${reason}`, 'utf8').digest('base64url');
}

/** Who did something, by name; null when the name has been erased. */
export function actorText(ledger: Ledger, actor: Pick<Actor, 'kind' | 'id'>): string | null {
  if (actor.kind !== 'person') return actor.id;
  const { name, number } = ledger.records.get('person', actor.id) ?? {};
  return [name, number].filter((part) => typeof part === 'string' && part !== '').join(' ') || null;
}
