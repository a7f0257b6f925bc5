import type { Draft, Entry } from '../contract/entries/index.ts';
import type { ClockSource } from '../contract/values.ts';
import { type Consumer, entriesOfCamera, type Ledger, latestEntry } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { settleDeadline } from './deadline.pure.ts';
import { type CaseSpan, type Span, suggestCase } from './suggest.pure.ts';
import { instantOfLocal } from './zoned-time.pure.ts';

export type EvidenceContext = {
  ledger: Ledger;
  now(): string;
  clockSource(): ClockSource;
  storeWithinHours(): number;
};

/** Settles, once per unit, whether it was stored in time. */
export function deadlineStage(context: EvidenceContext): Consumer {
  const { ledger } = context;
  return {
    name: 'deadline',
    types: ['unit.closed'],
    parallel: 1,
    retryAfterMs: 60_000,
    async handle(entry) {
      const { subject, body, refs, seq } = entry as Entry<'unit.closed'>;
      const dockingId = refs.find((ref) => ref.kind === 'docking')?.id;
      const started = dockingId ? latestEntry(ledger.reader, 'docking.started', dockingId) : null;
      const stored = body.items.map((item) => latestEntry(ledger.reader, 'item.stored', item.itemId)?.at);
      const storedAt = stored
        .filter((at) => at !== undefined)
        .sort()
        .at(-1);
      if (!started || !storedAt) throw new Error(`unit ${subject.id} has no docking or no items on the ledger`);
      const verdict = settleDeadline({
        hours: context.storeWithinHours(),
        earliest: lastCleanEnd(ledger, refs.find((ref) => ref.kind === 'camera')?.id ?? '', started.seq),
        latest: started.at,
        storedAt,
        clock: context.clockSource(),
      });
      const cause = { consumer: 'deadline', seq, step: 'done' };
      await ledger.append([
        { type: 'deadline.settled', subject, actor: { kind: 'system', id: 'deadline' }, at: context.now(), body: verdict, cause },
      ]);
      return 'settled';
    },
  };
}

/** When this camera last left after everything on it had been proven, before an entry. */
function lastCleanEnd(ledger: Ledger, cameraId: string, before: number): string | null {
  const ends = entriesOfCamera(ledger.reader, 'docking.ended', cameraId).filter((end) => end.seq < before);
  return ends.filter((end) => end.body.clean).at(-1)?.at ?? null;
}

/** Suggests a case for a unit when exactly one case of its officer overlaps it in time. Never links. */
export function suggestStage(context: EvidenceContext): Consumer {
  const { ledger } = context;
  return {
    name: 'suggest',
    types: ['unit.closed', 'case.imported'],
    parallel: 1,
    retryAfterMs: 60_000,
    async handle(entry) {
      const units = entry.type === 'unit.closed' ? [entry.subject.id] : unlinkedUnitsOf(ledger, entry as Entry<'case.imported'>);
      const found = units.flatMap((unitId) => suggestionFor(ledger, unitId));
      if (found.length === 0) return 'settled';
      await ledger.append(
        found.map(({ unitId, caseId }, n): Draft => {
          const step = n === found.length - 1 ? 'done' : `unit-${n}`;
          return {
            type: 'link.suggested',
            subject: { kind: 'unit', id: unitId },
            refs: [{ kind: 'case', id: caseId, role: 'case' }],
            actor: { kind: 'system', id: 'suggest' },
            at: context.now(),
            body: { caseId, basis: 'officer-and-time' },
            cause: { consumer: 'suggest', seq: entry.seq, step },
          };
        }),
      );
      return 'settled';
    },
  };
}

type UnitRow = { officer_id: string | null; start_local: string | null; start_zone: string | null; duration_ms: number | null };

function suggestionFor(ledger: Ledger, unitId: string): { unitId: string; caseId: string }[] {
  const { reader } = ledger;
  if (sql(reader, 'SELECT 1 FROM unit_links WHERE unit_id = ?').get(unitId)) return [];
  const unit = sql<UnitRow>(reader, 'SELECT officer_id, start_local, start_zone, duration_ms FROM evidence_units WHERE unit_id = ?').get(unitId);
  const span = unit && spanOf(unit);
  if (!unit?.officer_id || !span) return [];
  const cases = sql<{ case_id: string; started_at: string; ended_at: string | null }>(
    reader,
    'SELECT c.case_id, c.started_at, c.ended_at FROM cases c JOIN case_officers o USING (case_id) WHERE o.person_id = ? AND c.started_at IS NOT NULL',
  )
    .all(unit.officer_id)
    .map(
      (row): CaseSpan => ({
        caseId: row.case_id,
        span: { startMs: Date.parse(row.started_at), endMs: row.ended_at === null ? null : Date.parse(row.ended_at) },
      }),
    );
  const caseId = suggestCase(span, cases);
  if (!caseId || sql(reader, 'SELECT 1 FROM link_suggestions WHERE unit_id = ? AND case_id = ?').get(unitId, caseId)) return [];
  return [{ unitId, caseId }];
}

/** A unit's time by the camera's clock in its policy zone; null when it has none, or one the zone does not have once. */
function spanOf(unit: UnitRow): Span | null {
  if (unit.start_local === null || unit.start_zone === null) return null;
  const start = instantOfLocal(unit.start_local.slice(0, 19), unit.start_zone);
  if ('wrong' in start) return null;
  return { startMs: start.ms, endMs: unit.duration_ms === null ? null : start.ms + unit.duration_ms };
}

function unlinkedUnitsOf(ledger: Ledger, entry: Entry<'case.imported'>): string[] {
  const officers = entry.refs.filter((ref) => ref.kind === 'person').map((ref) => ref.id);
  return officers.flatMap((officer) =>
    sql<{ unit_id: string }>(
      ledger.reader,
      'SELECT unit_id FROM evidence_units WHERE officer_id = ? AND unit_id NOT IN (SELECT unit_id FROM unit_links) ORDER BY unit_id',
    )
      .all(officer)
      .map((row) => row.unit_id),
  );
}
