import { setImmediate } from 'node:timers/promises';
import type { ImportReport } from '../contract/api/evidence.ts';
import type { Draft, Entry } from '../contract/entries/index.ts';
import { failed } from '../contract/errors.ts';
import { type RowFault, rowFaultLine } from '../contract/row-faults.ts';
import type { Actor } from '../contract/values.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { agencyUuid, type PrivateRecord, readTable } from '../store/index.ts';
import { type CaseRow, readCaseRow } from './case-row.pure.ts';

export type ImportContext = { ledger: Ledger; agencyId: string; zone: string; now(): string; actor: Actor };

/** Rows written together, and looked at together; others are served in between. */
const BATCH = 200;
/** Characters of a wrong cell that are repeated. */
const MAX_QUOTED = 100;

/**
 * Imports a case list. Each row stands by itself: a bad one is reported with its row and reason, and none of the good
 * ones is lost. A case that is on the ledger as the row has it is left alone, so importing twice changes nothing.
 */
export async function importCases(context: ImportContext, bytes: Uint8Array, name: string): Promise<ImportReport> {
  const table = await readTable(bytes, name);
  if (!table.ok) return { imported: 0, unchanged: 0, failures: [table.failure], faults: [] };
  const faults: RowFault[] = [];
  const rows = new Map<string, { row: number; value: CaseRow }>();
  for (const [n, { row, cells }] of table.value.entries()) {
    if (n % BATCH === 0) await setImmediate();
    const read = readCaseRow(cells, context.zone);
    const wrong = 'wrong' in read ? { ...read.wrong, other: null } : clash(rows, read.row);
    if (wrong !== null) faults.push({ row, ...wrong, value: wrong.value.slice(0, MAX_QUOTED) });
    else if ('row' in read && !rows.has(read.row.number)) rows.set(read.row.number, { row, value: read.row });
  }
  const changed: CaseRow[] = [];
  for (const [n, { value }] of [...rows.values()].entries()) {
    if (n % BATCH === 0) await setImmediate();
    if (!isUnchanged(context, value)) changed.push(value);
  }
  for (let at = 0; at < changed.length; at += BATCH) await append(context, changed.slice(at, at + BATCH));
  const failures = faults.map((fault) => failed('case.row-invalid', `${name} ${rowFaultLine(fault)}`).failure);
  return { imported: changed.length, unchanged: rows.size - changed.length, failures, faults };
}

/** Two rows that say different things of one case: nobody can tell which is right, so the later one is refused. */
function clash(rows: Map<string, { row: number; value: CaseRow }>, row: CaseRow): Omit<RowFault, 'row'> | null {
  const former = rows.get(row.number);
  if (!former || JSON.stringify(former.value) === JSON.stringify(row)) return null;
  return { column: 'number', fault: 'other-content', value: row.number, other: former.row };
}

function isUnchanged(context: ImportContext, row: CaseRow): boolean {
  const id = agencyUuid(context.agencyId, 'case', row.number);
  const former = latestEntry(context.ledger.reader, 'case.imported', id);
  const record = context.ledger.records.get('case', id);
  if (!former || !record) return false;
  return (
    former.body.actionKind === row.actionKind &&
    former.body.startedAt === row.startedAt &&
    former.body.endedAt === row.endedAt &&
    record['title'] === row.title &&
    record['place'] === row.place &&
    sameSet(
      officerIds(former),
      row.officers.map((number) => agencyUuid(context.agencyId, 'person', number)),
    )
  );
}

function officerIds(entry: Entry<'case.imported'>): string[] {
  return entry.refs.filter((ref) => ref.kind === 'person').map((ref) => ref.id);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one));
}

async function append(context: ImportContext, rows: readonly CaseRow[]): Promise<void> {
  const { ledger, agencyId, actor } = context;
  const drafts: Draft[] = [];
  const records: PrivateRecord[] = [];
  const at = context.now();
  const registered = new Set<string>();
  for (const row of rows) {
    const caseId = agencyUuid(agencyId, 'case', row.number);
    const officers = row.officers.map((number) => ({ number, id: agencyUuid(agencyId, 'person', number) }));
    for (const { number, id } of officers) {
      if (registered.has(id) || latestEntry(ledger.reader, 'person.registered', id)) continue;
      registered.add(id);
      records.push({ kind: 'person', id, data: { number } });
      drafts.push({ type: 'person.registered', subject: { kind: 'person', id }, actor, at, body: { source: 'case-list' } });
    }
    records.push({ kind: 'case', id: caseId, data: { number: row.number, title: row.title, place: row.place } });
    drafts.push({
      type: 'case.imported',
      subject: { kind: 'case', id: caseId },
      refs: officers.map(({ id }) => ({ kind: 'person', id, role: 'officer' })),
      actor,
      at,
      body: { actionKind: row.actionKind, startedAt: row.startedAt, endedAt: row.endedAt },
    });
  }
  await ledger.append(drafts, records);
}
