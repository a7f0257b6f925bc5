import fs from 'node:fs';
import path from 'node:path';
import { type ArchivedLedger, type Backend, readArchivedLedger, readNamesInBags, withArchive } from '../archive/index.ts';
import type { DestinationSettings } from '../contract/api/archive.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { entriesOfType, type Rebuilt, rebuildDatabase } from '../ledger/index.ts';
import { type DataPaths, fsyncFolder, openDataFolder, openPrivateRecords, openReader, writeFileDurably } from '../store/index.ts';
import { PROJECTIONS } from './projections.ts';

export type From = {
  settings: DestinationSettings;
  /** Null when the archive holds only one. */
  station: string | null;
  /** Null for the newest life of its ledger. */
  epoch: number | null;
};

/** What came of it, and what an archive alone does not say. */
export type RebuiltFromArchive = {
  station: { id: string; code: string; agencyId: string };
  /** The key that signed the last segment: to be compared with one that was written down elsewhere, as in an exported package. */
  publicKey: string;
  epoch: number;
  otherEpochs: number[];
  segments: number;
  /** The last sealed entry. What the station did after it is not in the archive. */
  head: { seq: number; hash: string; at: string };
  tables: Omit<Rebuilt['tables'][number], 'same'>[];
  /** Names of originals, read from the bags. Names of people and cases, words of marks and results of reconciliations are in no archive. */
  namesRestored: number;
  /** Bags that were archived after the last sealed entry: they lie there, and this catalogue does not know them. */
  bagsWithoutReceipt: number;
  failures: Failure[];
};

/**
 * Makes the catalogue of a station that is gone from what an archive holds of its ledger, in an empty data folder: chain,
 * signatures, Merkle roots and epochs are checked first, and nothing is made when they do not hold. Originals stay in the
 * archive. The station goes on there under a key of its own (`ledger.continued`).
 */
export async function rebuildFromArchive(data: string, from: From): Promise<Result<RebuiltFromArchive>> {
  const root = path.resolve(data);
  if (fs.existsSync(root) && fs.readdirSync(root).length > 0) return failed('data-folder.taken', root);
  // Made aside and renamed: half a station must never be taken for one.
  const [aside, fetched] = [`${root}.rebuilding`, `${root}.rebuilding-from`];
  const clear = () => [aside, fetched].map((folder) => fs.rmSync(folder, { recursive: true, force: true }));
  clear();
  fs.mkdirSync(path.join(fetched, 'ledger'), { recursive: true, mode: 0o700 });
  try {
    const rebuilt = await withArchive(from.settings, fetched, async (archive, name) => {
      const archived = await readArchivedLedger(archive, { ...from, name, scratch: path.join(fetched, 'ledger') });
      return archived.ok ? rebuildInFolder(aside, from.settings, archive, archived.value) : archived;
    });
    if (!rebuilt.ok) return rebuilt;
    fs.renameSync(aside, root);
    fsyncFolder(path.dirname(root));
    return rebuilt;
  } finally {
    clear();
  }
}

async function rebuildInFolder(
  folder: string,
  settings: DestinationSettings,
  archive: Backend,
  archived: ArchivedLedger,
): Promise<Result<RebuiltFromArchive>> {
  const { chain, epoch, otherEpochs, segments } = archived;
  const { stationId, stationCode, agencyId } = chain.opened.body;
  const opened = openDataFolder(folder, { create: true, stationId, stationCode, agencyId });
  if (!opened.ok) return opened;
  const { paths } = opened.value;
  for (const { file } of segments) writeFileDurably(path.join(paths.ledger, path.basename(file)), fs.readFileSync(file), 0o400);
  // Checks every copied segment again, as each start does.
  const rebuilt = rebuildDatabase(paths, PROJECTIONS);
  if (!rebuilt.ok) return rebuilt;
  const records = await restoreRecords(paths, settings, archive, archived);
  if (!records.ok) return records;
  return done({
    station: { id: stationId, code: stationCode, agencyId },
    publicKey: chain.publicKey,
    epoch,
    otherEpochs,
    segments: segments.length,
    head: chain.head,
    tables: rebuilt.value.tables.map(({ table, rows }) => ({ table, rows })),
    ...records.value,
  });
}

/** What the private records held and the archive knows: where it lies itself, and what the originals were called. */
async function restoreRecords(
  paths: DataPaths,
  settings: DestinationSettings,
  archive: Backend,
  archived: ArchivedLedger,
): Promise<Result<Pick<RebuiltFromArchive, 'namesRestored' | 'bagsWithoutReceipt' | 'failures'>>> {
  const id = archived.destinationId;
  const reader = openReader(paths.database);
  if (!reader.ok) return reader;
  const records = openPrivateRecords(paths, { readonly: false });
  if (!records.ok) {
    reader.value.close();
    return records;
  }
  try {
    const { names, failures, withoutReceipt } = await readNamesInBags(reader.value, archive, archived);
    records.value.put(names.map(({ itemId, ...data }) => ({ kind: 'item', id: itemId, data })));
    const added = entriesOfType(reader.value, 'destination.added').find(({ subject }) => subject.id === id);
    // What it was found to be able to do then holds still.
    if (added) records.value.put([{ kind: 'destination', id, data: { ...settings, capabilities: added.body.capabilities ?? [] } }]);
    return done({ namesRestored: names.length, bagsWithoutReceipt: withoutReceipt, failures });
  } finally {
    records.value.close();
    reader.value.close();
  }
}
