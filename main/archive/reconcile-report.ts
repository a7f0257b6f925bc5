import { setImmediate } from 'node:timers/promises';
import type { Difference, Explanation, ReconcileReport } from '../contract/api/archive.ts';
import { done, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { actorText, explanationsNow, RECORDS_AT_ONCE } from './explanations.ts';
import { type KeptDifference, type KeptResult, readResult } from './results.ts';

/**
 * A recorded reconciliation (the newest one for null) with the explanations that hold now: what was explained since it was
 * made counts as explained, what was taken back as open. Fails with `reconciliation.unknown`.
 */
export async function reportOf(ledger: Ledger, id: string | null): Promise<Result<ReconcileReport>> {
  const read = readResult(ledger, id);
  if (!read.ok) return read;
  const { content, sha256, seq } = read.value;
  const { missing, differs, extra } = content;
  const explanations = await explanationsNow(ledger);
  const differences: Difference[] = [];
  for (const [n, one] of content.differences.entries()) {
    if (n % RECORDS_AT_ONCE === 0) await setImmediate();
    differences.push(shownOf(ledger, one, explanations));
  }
  const explained = explainedNow(content, differences.filter((one) => one.explanation !== null).length);
  const entry = sql<{ hash: string } & Who>(
    ledger.reader,
    'SELECT e.hash, r.actor_kind, r.actor_id FROM entries e JOIN reconciliations r USING (seq) WHERE e.seq = ?',
  ).get(seq);
  if (!entry) throw new Error(`entry ${seq} recorded a result and is not there`);
  return done({
    id: content.id,
    startedAt: content.startedAt,
    endedAt: content.endedAt,
    by: actorText(ledger, { kind: entry.actor_kind, id: entry.actor_id }),
    destination: content.destination?.name ?? null,
    source: content.source,
    same: content.same,
    missing,
    differs,
    extra,
    waiting: content.waiting,
    explained,
    open: missing + differs + extra - explained,
    hashMismatch: differs > 0,
    itemsFrom: content.itemsFrom,
    itemsTo: content.itemsTo,
    classes: content.classes,
    resultSha256: sha256,
    entry: { seq, hash: entry.hash },
    differences,
  });
}

type Who = { actor_kind: Actor['kind']; actor_id: string };

function shownOf(ledger: Ledger, kept: KeptDifference, explanations: ReadonlyMap<string, Explanation>): Difference {
  const { destinationId: _, explanationId: __, ...difference } = kept;
  const file = kept.itemId === null ? null : ledger.records.get('item', kept.itemId)?.['path'];
  return { ...difference, file: typeof file === 'string' ? file : null, explanation: (kept.id !== null && explanations.get(kept.id)) || null };
}

/** Differences that are not listed are as they were: they cannot be explained, nor their explanation taken back, from this result. */
function explainedNow(content: KeptResult, listedNow: number): number {
  const listedThen = content.differences.filter((one) => one.explanationId !== null).length;
  return content.explained - listedThen + listedNow;
}

export type ReconciliationRow = {
  id: string;
  at: string;
  destination: string | null;
  by: string | null;
  differences: number;
  explained: number;
  hashMismatch: boolean;
};

type Row = Who & {
  reconciliation_id: string;
  at: string;
  name: string | null;
  differences: number;
  differs: number;
  explained: number;
};

/** The newest reconciliations, as each was when it was made. */
export function listReconciliations(ledger: Ledger, limit: number): ReconciliationRow[] {
  return sql<Row>(
    ledger.reader,
    `SELECT r.*, d.name FROM reconciliations r LEFT JOIN destinations d ON d.id = r.destination_id ORDER BY r.seq DESC LIMIT ?`,
  )
    .all(limit)
    .map((row) => ({
      id: row.reconciliation_id,
      at: row.at,
      destination: row.name,
      by: actorText(ledger, { kind: row.actor_kind, id: row.actor_id }),
      differences: row.differences,
      explained: row.explained,
      hashMismatch: row.differs > 0,
    }));
}
