import type { ImportReport } from '../contract/api/evidence.ts';
import { type Failure, failed } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import type { Ledger } from '../ledger/index.ts';
import { cellOf, readTable } from '../store/index.ts';
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
  if (!table.ok) return { imported: 0, unchanged: 0, failures: [table.failure] };
  const failures: Failure[] = [];
  const counts = { imported: 0, unchanged: 0 };
  for (const { row, cells } of table.value) {
    const [serial, kind] = [cellOf(cells, SERIAL), cellOf(cells, PROFILE)];
    const profile = context.profiles.find(({ id, label }) => [id, label.zh, label.en].includes(kind));
    if (serial === '' || serial.length > MAX_SERIAL || !profile) {
      const wrong = profile ? `编号/serial: ${serial}` : `型号/profile: ${kind}; ${context.profiles.map((one) => one.id).join(', ')}`;
      failures.push(failed('camera.row-invalid', `${fileName} ${row}: ${wrong}`).failure);
    } else if (findCamera(context.ledger, serial, 'operator')) {
      counts.unchanged += 1;
    } else {
      const camera = { serial, identitySource: 'operator' as const, profile: profile.id };
      await registerCamera(context.ledger, camera, { actor: context.actor, at: context.now(), how: 'import' });
      counts.imported += 1;
    }
  }
  return { ...counts, failures };
}
