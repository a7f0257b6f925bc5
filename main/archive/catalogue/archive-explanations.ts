import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Explanation } from '../../contract/api/archive.ts';
import type { ArchiveDifference } from '../../contract/archive-difference.ts';
import { failed, type Result } from '../../contract/errors.ts';
import { sql } from '../../store/index.ts';
import { type ExplainContext, type ExplainRequest, putExplanation } from '../explanations.ts';
import { readArchiveResult } from './archive-results.ts';
import type { FoundDifference } from './compare-job.ts';

/** What tells a difference of an archive from every other: what, where and about which, with what was expected and found. */
export function archiveDifferenceId(destinationId: string, one: FoundDifference): string {
  const { class: kind, location, cause, stationId, unitId, itemId, dockingId, key, expected, found } = one;
  const canonical = canonicalize({ destinationId, class: kind, location, cause, stationId, unitId, itemId, dockingId, key, expected, found });
  if (canonical === undefined) throw new Error('a difference has no canonical form');
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}

/**
 * Puts on the ledger why a difference is there that a recorded reconciliation of all stations listed (the newest one for null). It
 * holds as `explainDifference` says, at the station that compared.
 */
export async function explainArchiveDifference(context: ExplainContext, request: ExplainRequest): Promise<Result<Explanation>> {
  const { ledger, actor } = context;
  const newest = sql<{ id: string }>(ledger.reader, 'SELECT reconciliation_id AS id FROM archive_reconciliations ORDER BY seq DESC LIMIT 1');
  const reconciliationId = request.reconciliation ?? newest.get()?.id;
  const read = reconciliationId === undefined ? failed('reconciliation.unknown', '—') : readArchiveResult(ledger, reconciliationId);
  if (!read.ok) return read;
  const { id: recordedId, destination, differences } = read.value.content;
  const matching = differences.flatMap((one) => (one.id?.startsWith(request.difference) ? [{ ...one, id: one.id }] : []));
  const [difference] = matching;
  if (!difference || matching.length !== 1) return failed('difference.unknown', request.difference, `${matching.length} begin so`);
  return putExplanation(context, { id: difference.id, what: whatOf(difference), reason: request.reason }, (explanation) => ({
    type: 'archive.difference-explained',
    subject: { kind: 'destination', id: destination.id },
    actor,
    at: context.now(),
    body: { ...explanation, reconciliationId: recordedId, destinationId: destination.id, class: difference.class, stationId: difference.stationId },
  }));
}

const whatOf = ({ key, itemId, unitId, dockingId, stationId }: ArchiveDifference) => key ?? itemId ?? unitId ?? dockingId ?? stationId;
