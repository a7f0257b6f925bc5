import fs from 'node:fs';
import { done, type Result } from '../contract/errors.ts';
import { type Rebuilt, rebuildDatabase } from '../ledger/index.ts';
import {
  currentOwner,
  type DataPaths,
  dataPaths,
  lockDataFolder,
  type Owner,
  openDataFolder,
  openPrivateRecords,
  type PrivateRecords,
} from '../store/index.ts';
import { openVault } from '../vault/index.ts';
import { PROJECTIONS } from './projections.ts';

/** Who holds a data folder now; null when nobody does or there is none. */
export function currentHolder(data: string): Owner | null {
  return currentOwner(dataPaths(data, ''));
}

/**
 * Makes the database again from the ledger's segments, and the private records of items from the vault's sidecars where
 * they are missing. Needs the data folder for itself.
 */
export function rebuildStation(data: string): Result<Rebuilt & { namesRestored: number }> {
  const opened = openDataFolder(data, { create: false });
  if (!opened.ok) return opened;
  const { paths } = opened.value;
  const lock = lockDataFolder(paths, 'command', new Date().toISOString());
  if (!lock.ok) return lock;
  try {
    const rebuilt = rebuildDatabase(paths, PROJECTIONS);
    if (!rebuilt.ok) return rebuilt;
    const records = openOrBeginRecords(paths);
    return records.ok ? done({ ...rebuilt.value, namesRestored: restoreNames(paths, records.value) }) : records;
  } finally {
    lock.value.release();
  }
}

/** Private records that cannot be read are set aside, not thrown away: with a backup their names may come back. */
function openOrBeginRecords(paths: DataPaths): Result<PrivateRecords> {
  const opened = openPrivateRecords(paths, { readonly: false });
  if (opened.ok || opened.failure.code !== 'database.damaged') return opened;
  const damaged = opened.failure.what;
  for (const suffix of ['-wal', '-shm', '']) {
    if (fs.existsSync(damaged + suffix)) fs.renameSync(damaged + suffix, `${damaged}.damaged-${Date.now()}${suffix}`);
  }
  return openOrBeginRecords(paths);
}

function restoreNames(paths: DataPaths, records: PrivateRecords): number {
  const vault = openVault(paths);
  let restored = 0;
  for (const { itemId } of vault.listItems()) {
    const sidecar = vault.readSidecar(itemId);
    if (!sidecar.ok || records.get('item', itemId)) continue;
    const { path, pathRaw } = sidecar.value.source;
    records.put([{ kind: 'item', id: itemId, data: { path, pathRaw } }]);
    restored += 1;
  }
  records.close();
  return restored;
}
