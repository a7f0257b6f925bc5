import type { RetentionDue } from '../contract/entries/archive.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { type RetentionRules, retentionOf } from './retention.pure.ts';

/** How long a unit has to be kept by the rules in force, the case it belongs to and that case's legal hold. */
export function retentionDue(ledger: Ledger, unitId: string, rules: RetentionRules): RetentionDue {
  const row = sql<{ closed_at: string; linked_at: string | null; held: number }>(
    ledger.reader,
    `SELECT closed_at, linked_at, EXISTS (SELECT 1 FROM held_cases h WHERE h.case_id = u.case_id) AS held FROM closed_units u WHERE unit_id = ?`,
  ).get(unitId);
  if (!row) throw new Error(`unit ${unitId} is not closed`);
  return retentionOf({ closedAt: row.closed_at, linkedAt: row.linked_at, held: row.held === 1 }, rules);
}
