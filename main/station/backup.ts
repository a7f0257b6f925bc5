import fs from 'node:fs';
import path from 'node:path';
import { failed, type Result } from '../contract/errors.ts';
import { fsyncFolder } from '../store/index.ts';
import type { Station } from './open-station.ts';

/**
 * Copies what a station needs to start again beside its originals: identity, database and ledger. The keys are left
 * out on purpose: a backup without them discloses no names.
 */
export async function backup(station: Station, out: string): Promise<Result<{ folder: string; bytes: number }>> {
  if (fs.existsSync(out) && fs.readdirSync(out).length > 0) return failed('export.folder-not-empty', out);
  fs.mkdirSync(out, { recursive: true, mode: 0o700 });
  const { paths, ledger } = station;
  await ledger.reader.backup(path.join(out, path.basename(paths.database)));
  fs.cpSync(paths.ledger, path.join(out, 'vault', 'ledger', station.identity.stationId), { recursive: true });
  fs.copyFileSync(paths.stationFile, path.join(out, 'station.json'));
  fsyncFolder(out);
  return { ok: true, value: { folder: out, bytes: sizeOf(out) } };
}

function sizeOf(folder: string): number {
  const entries = fs.readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
