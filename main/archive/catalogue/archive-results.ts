import type { RecordedArchiveResult } from '../../contract/api/archive.ts';
import { ArchiveResult } from '../../contract/archive-difference.ts';
import type { Entry } from '../../contract/entries/index.ts';
import { done, failed, type Result } from '../../contract/errors.ts';
import { frameOf, type Ledger, type SealedBytes } from '../../ledger/index.ts';
import { sql } from '../../store/index.ts';
import { actorText } from '../explanations.ts';
import { recordedText } from '../results.ts';

type Recorded = Entry<'archive.reconciled'>;

export type ArchiveReconciliation = {
  id: string;
  at: string;
  destination: string | null;
  by: string | null;
  stations: number;
  items: number;
  differences: number;
};

/** The newest reconciliations of all stations of an archive that this station made. */
export function listArchiveReconciliations(ledger: Ledger, limit: number): ArchiveReconciliation[] {
  return sql<SealedBytes & { name: string | null }>(
    ledger.reader,
    `SELECT e.canonical, e.hash, d.name FROM archive_reconciliations r JOIN entries e USING (seq) LEFT JOIN destinations d ON d.id = r.destination_id
     ORDER BY r.seq DESC LIMIT ?`,
  )
    .all(limit)
    .map((row) => {
      const { at, actor, body } = frameOf(row) as Recorded;
      const { stations, items, counts, result } = body;
      const differences = Object.values(counts).reduce((sum, count) => sum + count, 0);
      return { id: result.id, at, destination: row.name, by: actorText(ledger, actor), stations, items, differences };
    });
}

/**
 * A recorded result about all stations, proven against its hash on the ledger, word for word too, and who compared. Fails with
 * `reconciliation.unknown`.
 */
export function readArchiveResult(ledger: Ledger, id: string): Result<RecordedArchiveResult & { canonical: string; by: string | null }> {
  const row = sql<SealedBytes>(
    ledger.reader,
    'SELECT e.canonical, e.hash FROM archive_reconciliations r JOIN entries e USING (seq) WHERE r.reconciliation_id = ?',
  ).get(id);
  if (!row) return failed('reconciliation.unknown', id);
  const { seq, actor, body } = frameOf(row) as Recorded;
  const { sha256 } = body.result;
  const read = recordedText(ledger, 'archive-reconciliation', id, sha256);
  if (!read.ok) return read;
  return done({ content: ArchiveResult.parse(JSON.parse(read.value)), canonical: read.value, sha256, seq, by: actorText(ledger, actor) });
}
