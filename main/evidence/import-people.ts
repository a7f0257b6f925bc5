import type { ImportReport } from '../contract/api/evidence.ts';
import type { Draft } from '../contract/entries/index.ts';
import { failed } from '../contract/errors.ts';
import { type RowFault, rowFaultLine } from '../contract/row-faults.ts';
import { latestEntry } from '../ledger/index.ts';
import { agencyUuid, cellOf, type PrivateRecord, readTable } from '../store/index.ts';
import type { ImportContext } from './import-cases.ts';

const COLUMNS = {
  number: ['number', '执法证号', '编号'],
  name: ['name', '姓名'],
  unit: ['unit', '单位', '部门'],
};

/** Imports a list of officers: certificate number, name, unit. Rows stand by themselves, as with cases. */
export async function importPeople(context: ImportContext, bytes: Uint8Array, fileName: string): Promise<ImportReport> {
  const table = await readTable(bytes, fileName);
  if (!table.ok) return { imported: 0, unchanged: 0, failures: [table.failure], faults: [] };
  const faults: RowFault[] = [];
  const drafts: Draft[] = [];
  const records: PrivateRecord[] = [];
  let unchanged = 0;
  for (const { row, cells } of table.value) {
    const [number, name, unit] = Object.values(COLUMNS).map((headings) => cellOf(cells, headings));
    if (!number) {
      faults.push({ row, column: 'certificate', fault: 'missing', value: '', other: null });
      continue;
    }
    const id = agencyUuid(context.agencyId, 'person', number);
    const data = { number, name: name ?? '', unit: unit ?? '' };
    if (JSON.stringify(context.ledger.records.get('person', id)) === JSON.stringify(data)) {
      unchanged += 1;
      continue;
    }
    records.push({ kind: 'person', id, data });
    if (latestEntry(context.ledger.reader, 'person.registered', id)) continue;
    drafts.push({ type: 'person.registered', subject: { kind: 'person', id }, actor: context.actor, at: context.now(), body: { source: 'import' } });
  }
  if (records.length > 0) await context.ledger.append(drafts, records);
  const failures = faults.map((fault) => failed('person.row-invalid', `${fileName} ${rowFaultLine(fault)}`).failure);
  return { imported: records.length, unchanged, failures, faults };
}
