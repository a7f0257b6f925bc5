import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { Uuid } from '../contract/values.ts';
import { checkSealedChain, listSealed, type SealedChain, type SealedName } from '../ledger/index.ts';
import { type Db, sql } from '../store/index.ts';
import { parseManifest } from './bag.ts';
import { identityOf } from './folder-backend.ts';
import { isStationKey } from './forward.ts';
import { epochOfFolder, ledgerFolder } from './ledger-elsewhere.ts';

/** A station's ledger as an archive holds it, checked by itself. */
export type ArchivedLedger = {
  stationId: string;
  destination: { id: string; folder: string };
  /** The life it was read of, and the others that the archive holds of the same station. */
  epoch: number;
  otherEpochs: number[];
  segments: SealedName[];
  chain: SealedChain;
};

/** The stations of which an archive holds a ledger. */
export function listArchivedStations(folder: string): string[] {
  const names = fs.readdirSync(folder).filter((name) => Uuid.safeParse(name).success);
  return names.filter((name) => epochsOf(path.join(folder, name)).length > 0).sort();
}

function epochsOf(place: string): number[] {
  const epochs = fs.readdirSync(place).map(epochOfFolder);
  return epochs.filter((epoch) => epoch !== null).sort((one, other) => one - other);
}

/**
 * Reads and checks the ledger that an archive holds of a station: the newest life unless another is asked for. A station
 * need not be named when the archive holds only one. Fails with `archive.no-ledger`, `archive.which-station`, `ledger.*` or
 * `destination.*`.
 */
export function readArchivedLedger(folder: string, wanted: { station: string | null; epoch: number | null }): Result<ArchivedLedger> {
  const identity = identityOf(folder);
  if (!identity.ok) return identity;
  const stations = listArchivedStations(folder);
  const [only, ...others] = stations;
  if (wanted.station === null && others.length > 0) return failed('archive.which-station', folder, stations.join(', '));
  const stationId = wanted.station ?? only;
  if (stationId === undefined || !stations.includes(stationId)) return failed('archive.no-ledger', `${folder}: ${stationId ?? '—'}`);
  const epochs = epochsOf(path.join(folder, stationId));
  const epoch = wanted.epoch ?? (epochs.at(-1) as number);
  if (!epochs.includes(epoch)) return failed('archive.no-ledger', `${folder}: ${stationId}`, `epochs ${epochs.join(', ')}`);
  const segments = listSealed(path.join(folder, stationId, ledgerFolder(epoch)));
  const chain = checkSealedChain(segments);
  if (!chain.ok) return chain;
  if (chain.value.opened.body.stationId !== stationId) return failed('ledger.segment-damaged', stationId, 'is the ledger of another station');
  const otherEpochs = epochs.filter((one) => one !== epoch);
  return done({ stationId, destination: { id: identity.value, folder }, epoch, otherEpochs, segments, chain: chain.value });
}

/** What the bags say that the ledger must not: the name each original had on its camera. */
export type NamesInBags = {
  names: { itemId: string; path: string; pathRaw: string }[];
  /** Bags that are not there, or not as the receipt says. */
  failures: Failure[];
  /** Bags of units for which the ledger has no receipt: they were archived after its last sealed entry. */
  withoutReceipt: number;
};

const Facts = z.array(z.object({ itemId: Uuid, originalPath: z.string(), pathRaw: z.string() }));

/** Reads the names from every bag the ledger has a receipt for, each proven by the receipt's hash. */
export function readNamesInBags(reader: Db, { destination, stationId }: ArchivedLedger): NamesInBags {
  const receipts = sql<{ unit_id: string; bag: string; tag_manifest_sha256: string }>(
    reader,
    'SELECT unit_id, bag, tag_manifest_sha256 FROM receipts WHERE destination_id = ?',
  ).all(destination.id);
  const found: NamesInBags = { names: [], failures: [], withoutReceipt: 0 };
  for (const { bag, tag_manifest_sha256: recorded } of receipts) {
    const facts = provenFacts(path.join(destination.folder, bag), recorded);
    if (facts) found.names.push(...facts.map(({ itemId, originalPath, pathRaw }) => ({ itemId, path: originalPath, pathRaw })));
    else found.failures.push(failed('archive.bag-damaged', bag).failure);
  }
  const known = new Set(receipts.map((receipt) => receipt.unit_id));
  for (const bag of listUnits(path.join(destination.folder, stationId))) if (!known.has(path.basename(bag))) found.withoutReceipt += 1;
  return found;
}

/** Everything where a station's bags lie: year, month, unit. */
function* listUnits(folder: string, depth = 0): Generator<string> {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (depth === 0 && (epochOfFolder(entry.name) !== null || isStationKey(entry.name))) continue;
    const at = path.join(folder, entry.name);
    if (depth < 2 && entry.isDirectory()) yield* listUnits(at, depth + 1);
    else yield at;
  }
}

function provenFacts(bag: string, recorded: string): z.infer<typeof Facts> | null {
  const tagManifest = readText(path.join(bag, 'tagmanifest-sha256.txt'));
  const items = readText(path.join(bag, 'evidock/items.json'));
  if (tagManifest === null || items === null || sha256(tagManifest) !== recorded) return null;
  if (parseManifest(tagManifest).get('evidock/items.json') !== sha256(items)) return null;
  // Proven to be what the station wrote, so it is JSON.
  return Facts.safeParse(JSON.parse(items)).data ?? null;
}

function readText(file: string): string | null {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    // Whoever asked says that the bag is not as it should be.
    return null;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
