import type { ImportReport } from '../contract/api/evidence.ts';
import { failed } from '../contract/errors.ts';
import { type RowFault, rowFaultLine } from '../contract/row-faults.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { cellOf, readTable, type TableRow } from '../store/index.ts';
import type { Profile } from './profile.ts';
import { findCamera, registerCamera } from './register.ts';

const SERIAL = ['serial', '编号', '记录仪编号', '序列号'];
const PROFILE = ['profile', '型号'];
const MAX_SERIAL = 100;

/**
 * Imports an agency's register of cameras: serial and profile, the profile by its id or label. Rows stand by themselves;
 * a camera that is registered already is left alone.
 */
export async function importCameras(
  context: { ledger: Ledger; profiles: readonly Profile[]; actor: Actor; now(): string },
  bytes: Uint8Array,
  fileName: string,
): Promise<ImportReport> {
  const table = await readTable(bytes, fileName);
  if (!table.ok) return { imported: 0, unchanged: 0, failures: [table.failure], faults: [] };
  const faults: RowFault[] = [];
  const counts = { imported: 0, unchanged: 0 };
  for (const { row, cells } of table.value) {
    const read = readRow(cells, context.profiles);
    if ('fault' in read) {
      faults.push({ row, other: null, ...read });
    } else if (findCamera(context.ledger, read.serial, 'operator')) {
      counts.unchanged += 1;
    } else {
      const camera = { ...read, identitySource: 'operator' as const };
      await registerCamera(context.ledger, camera, { actor: context.actor, at: context.now(), how: 'import' });
      counts.imported += 1;
    }
  }
  const failures = faults.map((fault) => failed('camera.row-invalid', `${fileName} ${rowFaultLine(fault)}`).failure);
  return { ...counts, failures, faults };
}

type Row = { serial: string; profile: string } | Pick<RowFault, 'column' | 'fault' | 'value'>;

function readRow(cells: TableRow['cells'], profiles: readonly Profile[]): Row {
  const [serial, kind] = [cellOf(cells, SERIAL), cellOf(cells, PROFILE)];
  if (serial === '') return { column: 'serial', fault: 'missing', value: '' };
  if (serial.length > MAX_SERIAL) return { column: 'serial', fault: 'too-long', value: '' };
  const profile = profiles.find(({ id, label }) => [id, label.zh, label.en].includes(kind));
  return profile ? { serial, profile: profile.id } : { column: 'profile', fault: 'no-such-profile', value: kind };
}
