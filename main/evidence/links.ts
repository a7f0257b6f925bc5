import type { Draft } from '../contract/entries/index.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import type { Stage } from '../contract/notice.ts';
import type { Actor } from '../contract/values.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { agencyUuid, type Db, sql } from '../store/index.ts';

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
  const [set] = await setLinks(context, [{ unitId: unitId.value, link: { caseId, stage: request.stage } }]);
  return done({ unitId: unitId.value, caseId, changed: set?.changed === true });
}

export type Link = { caseId: string; stage: Stage | null };

export type SetLink = { unitId: string; changed: boolean; former: Link | null };

/**
 * Makes units' links what is given, null for none, each by one entry of its own and all of them together; says what each
 * was before. Nothing is written for one that is that already. Units and cases must exist.
 */
export async function setLinks(
  context: { ledger: Ledger; now(): string; actor: Actor },
  changes: readonly { unitId: string; link: Link | null }[],
): Promise<SetLink[]> {
  const { reader } = context.ledger;
  const now = new Map<string, Link | null>();
  const drafts: Draft[] = [];
  const set = changes.map(({ unitId, link }): SetLink => {
    const former = now.get(unitId) ?? (now.has(unitId) ? null : linkOf(reader, unitId));
    now.set(unitId, link);
    if (former?.caseId === link?.caseId && former?.stage === link?.stage) return { unitId, changed: false, former };
    const about = { subject: { kind: 'unit' as const, id: unitId }, actor: context.actor, at: context.now() };
    const refs = [{ kind: 'case' as const, id: link?.caseId ?? former?.caseId ?? '', role: 'case' }];
    drafts.push(link ? { type: 'unit.linked', ...about, refs, body: link } : { type: 'unit.unlinked', ...about, refs, body: {} });
    return { unitId, changed: true, former };
  });
  if (drafts.length > 0) await context.ledger.append(drafts);
  return set;
}

function linkOf(reader: Db, unitId: string): Link | null {
  const row = sql<{ case_id: string; stage: Stage | null }>(reader, 'SELECT case_id, stage FROM unit_links WHERE unit_id = ?').get(unitId);
  return row ? { caseId: row.case_id, stage: row.stage } : null;
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
