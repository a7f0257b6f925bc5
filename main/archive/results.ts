import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { done, ErrorCode, Failure, failed, type Result } from '../contract/errors.ts';
import { Count, Hash256, Instant, Uuid } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';

/** A difference as a result keeps it. */
export const KeptDifference = z.strictObject({
  ...Failure.shape,
  id: Hash256.nullable(),
  destinationId: Uuid.nullable(),
  unitId: Uuid.nullable(),
  itemId: Uuid.nullable(),
  expectedSha256: Hash256.nullable(),
  foundSha256: Hash256.nullable(),
  /** The explanation that held when this was found. */
  explanationId: Uuid.nullable(),
});
export type KeptDifference = z.infer<typeof KeptDifference>;

/** What a reconciliation found, as it is recorded: never changed, hashed in canonical form (RFC 8785). */
export const KeptResult = z.strictObject({
  format: z.literal(1),
  id: Uuid,
  station: z.strictObject({ id: Uuid, code: z.string() }),
  destination: z.strictObject({ id: Uuid, name: z.string() }).nullable(),
  source: z.string().nullable(),
  startedAt: Instant,
  endedAt: Instant,
  /** The newest ledger entry when the comparison began. */
  head: z.strictObject({ seq: Count, hash: Hash256 }),
  itemsFrom: Instant.nullable(),
  itemsTo: Instant.nullable(),
  same: Count,
  missing: Count,
  differs: Count,
  extra: Count,
  waiting: Count,
  explained: Count,
  classes: z.array(z.strictObject({ code: ErrorCode, count: Count })),
  differences: z.array(KeptDifference),
});
export type KeptResult = z.infer<typeof KeptResult>;

/** A result as it goes into its private record, and the hash by which the ledger vouches for it. */
export function sealResult(content: KeptResult): { canonical: string; sha256: string } {
  const canonical = canonicalize(KeptResult.parse(content));
  if (canonical === undefined) throw new Error('a result has no canonical form');
  return { canonical, sha256: createHash('sha256').update(canonical, 'utf8').digest('hex') };
}

export type ReadResult = { content: KeptResult; canonical: string; sha256: string; seq: number };
type Row = { reconciliation_id: string; seq: number; result_sha256: string };

/** A recorded result, proven against its hash on the ledger; the newest when no id is given. Fails with `reconciliation.unknown`. */
export function readResult(ledger: Ledger, id: string | null): Result<ReadResult> {
  const row = sql<Row>(
    ledger.reader,
    'SELECT reconciliation_id, seq, result_sha256 FROM reconciliations WHERE ? IN (reconciliation_id, 0) ORDER BY seq DESC LIMIT 1',
  ).get(id ?? 0);
  if (!row) return failed('reconciliation.unknown', id ?? '—');
  const { reconciliation_id, seq, result_sha256: sha256 } = row;
  const read = recordedText(ledger, 'reconciliation', reconciliation_id, sha256);
  return read.ok ? done({ content: KeptResult.parse(JSON.parse(read.value)), canonical: read.value, sha256, seq }) : read;
}

/** What a private record holds of a result, word for word, when it has the hash that the ledger vouches for. Fails with `reconciliation.unknown`. */
export function recordedText(ledger: Ledger, kind: 'reconciliation' | 'archive-reconciliation', id: string, sha256: string): Result<string> {
  const canonical = ledger.records.get(kind, id)?.['canonical'];
  if (typeof canonical !== 'string') return failed('reconciliation.unknown', id, 'its record is erased');
  const found = createHash('sha256').update(canonical, 'utf8').digest('hex');
  return found === sha256 ? done(canonical) : failed('reconciliation.unknown', id, 'it does not match its hash');
}

/** A difference of a result by its id or the beginning of it, when only one begins so. What cannot be explained has no id. */
export function findDifference(result: KeptResult, id: string): Result<KeptDifference & { id: string }> {
  const found = result.differences.flatMap((one) => (one.id?.startsWith(id) ? [{ ...one, id: one.id }] : []));
  const [first] = found;
  return first && found.length === 1 ? done(first) : failed('difference.unknown', id, `${found.length} begin so`);
}

/** What tells a difference from every other: class, destination, place and both hashes. */
export function differenceId(parts: {
  code: ErrorCode;
  destinationId: string | null;
  place: string;
  expectedSha256: string | null;
  foundSha256: string | null;
}): string {
  const canonical = canonicalize(parts);
  if (canonical === undefined) throw new Error('a difference has no canonical form');
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}

/** The class of what is not archived yet: counted and listed, but no difference. */
export const WAITING = 'clear.no-receipt' satisfies ErrorCode;
/** Differences listed in a result; all are counted. */
const MAX_LISTED = 1000;

/**
 * Puts one on the list. When it is full, what only waits makes room for what differs, and that, when it is explained, for what
 * is not: an open difference is never left off for them.
 */
export function list(differences: KeptDifference[], one: KeptDifference): void {
  if (differences.length < MAX_LISTED) {
    differences.push(one);
    return;
  }
  const weight = ({ code, explanationId }: KeptDifference) => (code === WAITING ? 0 : explanationId !== null ? 1 : 2);
  for (let least = 0; least < weight(one); least += 1) {
    const at = differences.findLastIndex((other) => weight(other) === least);
    if (at >= 0) {
      differences.splice(at, 1, one);
      return;
    }
  }
}
