import fs from 'node:fs';
import path from 'node:path';
import { type ArchivedLedger, readArchivedLedger, readNamesInBags } from '../archive/index.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { type Rebuilt, rebuildDatabase } from '../ledger/index.ts';
import { type DataPaths, fsyncFolder, openDataFolder, openPrivateRecords, openReader, sql, writeFileDurably } from '../store/index.ts';
import { PROJECTIONS } from './projections.ts';

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
export function rebuildFromArchive(data: string, from: { folder: string; station: string | null; epoch: number | null }): Result<RebuiltFromArchive> {
  const root = path.resolve(data);
  if (fs.existsSync(root) && fs.readdirSync(root).length > 0) return failed('data-folder.taken', root);
  const archived = readArchivedLedger(path.resolve(from.folder), from);
  if (!archived.ok) return archived;
  // Made aside and renamed: half a station must never be taken for one.
  const aside = `${root}.rebuilding`;
  fs.rmSync(aside, { recursive: true, force: true });
  const rebuilt = rebuildInFolder(aside, archived.value);
  if (!rebuilt.ok) {
    fs.rmSync(aside, { recursive: true, force: true });
    return rebuilt;
  }
  fs.renameSync(aside, root);
  fsyncFolder(path.dirname(root));
  return rebuilt;
}

function rebuildInFolder(folder: string, archived: ArchivedLedger): Result<RebuiltFromArchive> {
  const { chain, epoch, otherEpochs, segments } = archived;
  const { stationId, stationCode, agencyId } = chain.opened.body;
  const opened = openDataFolder(folder, { create: true, stationId, stationCode, agencyId });
  if (!opened.ok) return opened;
  const { paths } = opened.value;
  for (const { file } of segments) writeFileDurably(path.join(paths.ledger, path.basename(file)), fs.readFileSync(file), 0o400);
  // Checks every copied segment again, as each start does.
  const rebuilt = rebuildDatabase(paths, PROJECTIONS);
  if (!rebuilt.ok) return rebuilt;
  const records = restoreRecords(paths, archived);
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
function restoreRecords(
  paths: DataPaths,
  archived: ArchivedLedger,
): Result<Pick<RebuiltFromArchive, 'namesRestored' | 'bagsWithoutReceipt' | 'failures'>> {
  const { id, folder } = archived.destination;
  const reader = openReader(paths.database);
  if (!reader.ok) return reader;
  const records = openPrivateRecords(paths, { readonly: false });
  if (!records.ok) {
    reader.value.close();
    return records;
  }
  try {
    const { names, failures, withoutReceipt } = readNamesInBags(reader.value, archived);
    records.value.put(names.map(({ itemId, ...data }) => ({ kind: 'item', id: itemId, data })));
    if (sql(reader.value, 'SELECT 1 FROM destinations WHERE id = ?').get(id)) records.value.put([{ kind: 'destination', id, data: { folder } }]);
    return done({ namesRestored: names.length, bagsWithoutReceipt: withoutReceipt, failures });
  } finally {
    records.value.close();
    reader.value.close();
  }
}
