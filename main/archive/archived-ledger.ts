import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { DestinationSettings } from '../contract/api/archive.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { Uuid } from '../contract/values.ts';
import { checkSealedChain, listSealed, type SealedChain, type SealedName } from '../ledger/index.ts';
import { type Db, openWorkingState, sql } from '../store/index.ts';
import { asking, type Backend, IDENTITY_FILE, identityIn } from './backend.ts';
import { parseManifest } from './bag.ts';
import { createConnections } from './connections.ts';
import { hashFile } from './file-io.ts';
import type { FileReader } from './file-reader.ts';
import { epochOfFolder, ledgerFolder } from './ledger-elsewhere.ts';
import { listBags } from './reconcile.ts';

/** A station's ledger as an archive holds it, checked by itself. */
export type ArchivedLedger = {
  stationId: string;
  destinationId: string;
  /** The life it was read of, and the others that the archive holds of the same station. */
  epoch: number;
  otherEpochs: number[];
  segments: SealedName[];
  chain: SealedChain;
};

/** The lives of which an archive holds a ledger, by station. */
async function archivedEpochs(reader: FileReader): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const station of (await reader.folders('')).filter((name) => Uuid.safeParse(name).success).sort()) {
    const epochs = (await reader.folders(station)).map(epochOfFolder).filter((epoch) => epoch !== null);
    if (epochs.length > 0)
      found.set(
        station,
        epochs.sort((one, other) => one - other),
      );
  }
  return found;
}

/** Where a destination lies, in one line. */
function addressOf(settings: DestinationSettings): string {
  switch (settings.kind) {
    case 'folder':
      return settings.folder;
    case 's3':
      return `${settings.endpoint}/${settings.bucket}/${settings.prefix}`;
    case 'sftp':
      return `sftp://${settings.user}@${settings.host}:${settings.port}${settings.folder}`;
    case 'swift':
      return settings.key;
  }
}

/** Does something with an archive of no station, as when its station is gone; `scratch` is an empty folder. */
export async function withArchive<T>(
  settings: DestinationSettings,
  scratch: string,
  act: (archive: Backend, name: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const name = addressOf(settings);
  const work = openWorkingState(path.join(scratch, 'work.db'));
  const connections = createConnections({ work, nowMs: Date.now });
  try {
    const opened = await connections.open({ id: name, name, settings, capabilities: [] }, hashFile);
    return opened.ok ? await asking(opened.value, name, () => act(opened.value, name)) : opened;
  } finally {
    await connections.close();
    work.close();
  }
}

export type Wanted = {
  /** How the archive is called when something is wrong with it. */
  name: string;
  station: string | null;
  epoch: number | null;
  /** An empty folder for what has to be fetched. */
  scratch: string;
};

/**
 * Reads and checks the ledger that an archive holds of a station: the newest life unless another is asked for. A station
 * need not be named when the archive holds only one. Fails with `archive.no-ledger`, `archive.which-station`, `ledger.*` or
 * `destination.*`.
 */
export async function readArchivedLedger(backend: Backend, { name, scratch, ...wanted }: Wanted): Promise<Result<ArchivedLedger>> {
  const { tables } = backend;
  if (!tables) return failed('destination.no-catalogue', name);
  const said = await backend.text(IDENTITY_FILE);
  if (said === null) return failed('destination.unreachable', name, `no ${IDENTITY_FILE}`);
  const destinationId = identityIn(said);
  if (destinationId === null) return failed('destination.identity-differs', name, 'says nothing');
  const stations = await archivedEpochs(backend);
  const [only, ...others] = stations.keys();
  if (wanted.station === null && others.length > 0) return failed('archive.which-station', name, [...stations.keys()].join(', '));
  const stationId = wanted.station ?? only;
  const epochs = stationId === undefined ? undefined : stations.get(stationId);
  if (stationId === undefined || !epochs) return failed('archive.no-ledger', `${name}: ${stationId ?? '—'}`);
  const epoch = wanted.epoch ?? (epochs.at(-1) as number);
  if (!epochs.includes(epoch)) return failed('archive.no-ledger', `${name}: ${stationId}`, `epochs ${epochs.join(', ')}`);
  const segments = listSealed(await tables.readable(`${stationId}/${ledgerFolder(epoch)}`, scratch, () => true));
  const chain = checkSealedChain(segments);
  if (!chain.ok) return chain;
  if (chain.value.opened.body.stationId !== stationId) return failed('ledger.segment-damaged', stationId, 'is the ledger of another station');
  const otherEpochs = epochs.filter((one) => one !== epoch);
  return done({ stationId, destinationId, epoch, otherEpochs, segments, chain: chain.value });
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
export async function readNamesInBags(reader: Db, archive: FileReader, { destinationId, stationId }: ArchivedLedger): Promise<NamesInBags> {
  const receipts = sql<{ unit_id: string; bag: string; tag_manifest_sha256: string }>(
    reader,
    'SELECT unit_id, bag, tag_manifest_sha256 FROM receipts WHERE destination_id = ?',
  ).all(destinationId);
  const found: NamesInBags = { names: [], failures: [], withoutReceipt: 0 };
  for (const { bag, tag_manifest_sha256: recorded } of receipts) {
    const facts = await provenFacts(archive, bag, recorded);
    if (facts) found.names.push(...facts.map(({ itemId, originalPath, pathRaw }) => ({ itemId, path: originalPath, pathRaw })));
    else found.failures.push(failed('archive.bag-damaged', bag).failure);
  }
  const known = new Set(receipts.map((receipt) => receipt.unit_id));
  for await (const { at } of listBags(archive, stationId)) if (!known.has(path.posix.basename(at))) found.withoutReceipt += 1;
  return found;
}

async function provenFacts(archive: FileReader, bag: string, recorded: string): Promise<z.infer<typeof Facts> | null> {
  // Whoever asked says that the bag is not as it should be.
  const text = (name: string) => archive.text(`${bag}/${name}`).catch(() => null);
  const [tagManifest, items] = [await text('tagmanifest-sha256.txt'), await text('evidock/items.json')];
  if (tagManifest === null || items === null || sha256(tagManifest) !== recorded) return null;
  if (parseManifest(tagManifest).get('evidock/items.json') !== sha256(items)) return null;
  // Proven to be what the station wrote, so it is JSON.
  return Facts.safeParse(JSON.parse(items)).data ?? null;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
