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
  const unitId = findUnit(context.ledger, request.unit);
  if (!unitId.ok) return unitId;
  const caseId = agencyUuid(context.agencyId, 'case', request.caseNumber);
  if (!latestEntry(context.ledger.reader, 'case.imported', caseId)) return failed('case.unknown', request.caseNumber);
  const { changed } = await setLink(context, unitId.value, { caseId, stage: request.stage });
  return done({ unitId: unitId.value, caseId, changed });
}

export type Link = { caseId: string; stage: Stage | null };

/**
 * Makes a unit's link what is given, null for none, by one entry of its own; says what it was before. Nothing is written
 * when it is that already. Unit and case must exist.
 */
export async function setLink(
  context: { ledger: Ledger; now(): string; actor: Actor },
  unitId: string,
  link: Link | null,
): Promise<{ changed: boolean; former: Link | null }> {
  const row = sql<{ case_id: string; stage: Stage | null }>(context.ledger.reader, 'SELECT case_id, stage FROM unit_links WHERE unit_id = ?').get(
    unitId,
  );
  const former = row ? { caseId: row.case_id, stage: row.stage } : null;
  if (former?.caseId === link?.caseId && former?.stage === link?.stage) return { changed: false, former };
  const about = { subject: { kind: 'unit' as const, id: unitId }, actor: context.actor, at: context.now() };
  const caseId = link?.caseId ?? former?.caseId ?? '';
  const refs = [{ kind: 'case' as const, id: caseId, role: 'case' }];
  await context.ledger.append([link ? { type: 'unit.linked', ...about, refs, body: link } : { type: 'unit.unlinked', ...about, refs, body: {} }]);
  return { changed: true, former };
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
