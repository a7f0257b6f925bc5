import { done, failed, type Result } from '../contract/errors.ts';
import type { Stage } from '../contract/notice.ts';
import type { Actor } from '../contract/values.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { agencyUuid, sql } from '../store/index.ts';

export type LinkRequest = { unit: string; caseNumber: string; stage: Stage | null };
export type Linked = { unitId: string; caseId: string; changed: boolean };

/**
 * Links a unit to a case and a stage. The unit may be named by the beginning of its id when that is unique. Linking
 * again what is linked already changes nothing.
 */
export async function linkUnit(
  context: { ledger: Ledger; agencyId: string; now(): string; actor: Actor },
  request: LinkRequest,
): Promise<Result<Linked>> {
  const { reader } = context.ledger;
  const unitId = findUnit(context.ledger, request.unit);
  if (!unitId.ok) return unitId;
  const caseId = agencyUuid(context.agencyId, 'case', request.caseNumber);
  if (!latestEntry(reader, 'case.imported', caseId)) return failed('case.unknown', request.caseNumber);
  const former = sql<{ case_id: string; stage: string | null }>(reader, 'SELECT case_id, stage FROM unit_links WHERE unit_id = ?').get(unitId.value);
  if (former?.case_id === caseId && former.stage === request.stage) return done({ unitId: unitId.value, caseId, changed: false });
  await context.ledger.append([
    {
      type: 'unit.linked',
      subject: { kind: 'unit', id: unitId.value },
      refs: [{ kind: 'case', id: caseId, role: 'case' }],
      actor: context.actor,
      at: context.now(),
      body: { caseId, stage: request.stage },
    },
  ]);
  return done({ unitId: unitId.value, caseId, changed: true });
}

function findUnit(ledger: Ledger, beginning: string): Result<string> {
  const rows = sql<{ unit_id: string }>(ledger.reader, 'SELECT unit_id FROM evidence_units WHERE unit_id >= ? AND unit_id < ? LIMIT 2').all(
    beginning,
    `${beginning}g`,
  );
  const [first, second] = rows;
  if (!first) return failed('unit.unknown', beginning);
  return second ? failed('unit.unknown', beginning, 'more than one recording begins like this') : done(first.unit_id);
}
