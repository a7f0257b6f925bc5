import fs from 'node:fs';
import path from 'node:path';
import type { Receipt } from '../contract/entries/archive.ts';
import type { Entry } from '../contract/entries/index.ts';
import { failed, type Result } from '../contract/errors.ts';
import { epochOf, type Ledger, listSealed } from '../ledger/index.ts';
import { flushFolder, writeFileDurably } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { type BagItem, bagItems, type HashAtRest, readBag, writeBag } from './bag.ts';
import type { Breakers } from './breakers.ts';
import { createProver, custodyEntries, type Prover } from './custody.ts';
import type { Destination } from './destinations.ts';
import { makeFolderFlushed } from './file-io.ts';
import { checkFolder, mirrorFile, writeCode } from './folder-destination.ts';
import { ledgerFolder } from './ledger-elsewhere.ts';

export type ForwardContext = {
  ledger: Ledger;
  vault: Vault;
  stationId: string;
  stationCode: string;
  /** Folder of this ledger's segments. */
  segments: string;
  hashAtRest: HashAtRest;
  breakers: Breakers;
  now(): string;
};

export type ForwardOptions = {
  /** Shared by the units of one push, so that each sealed segment is read once. */
  prover?: Prover;
  signal?: AbortSignal;
};

/**
 * Puts one unit into a folder destination as a bag and reads it back from there: written below `.incoming/`, flushed,
 * renamed to its place, every byte read again. A bag that is there already is read in full and adopted when it is the
 * same, never overwritten. The receipt is what the destination holds by its own bytes. Throws the reason of
 * `options.signal` when it aborts; the next attempt goes on with what was written.
 */
export async function forwardUnit(
  context: ForwardContext,
  destination: Destination,
  unit: Entry<'unit.closed'>,
  { prover = createProver(context.ledger, context.segments), signal }: ForwardOptions = {},
): Promise<Result<Receipt>> {
  const checked = checkFolder(destination.folder, destination.id);
  if (!checked.ok) return checked;
  const items = bagItems(context.ledger, context.vault, unit);
  if (!items.ok) return items;
  const place = bagPath(context.stationId, unit.subject.id);
  const folder = path.join(destination.folder, place);
  try {
    if (!fs.existsSync(folder)) {
      const written = await writeAside(context, destination, unit, items.value, prover, folder, signal);
      if (!written.ok) return written;
    }
    await flushPlace(destination.folder, folder);
    return await receiptFor(context, destination, place, folder, items.value, signal);
  } catch (error) {
    if (signal?.aborted && error === signal.reason) throw error;
    return failed(writeCode(error), destination.name, String(error));
  }
}

/** Where a unit's bag lies in every destination: station, UTC year and month of the unit's UUIDv7, unit. */
export function bagPath(stationId: string, unitId: string): string {
  const at = new Date(Number.parseInt(unitId.slice(0, 8) + unitId.slice(9, 13), 16)).toISOString();
  return `${stationId}/${at.slice(0, 4)}/${at.slice(5, 7)}/${unitId}`;
}

async function writeAside(
  context: ForwardContext,
  destination: Destination,
  unit: Entry<'unit.closed'>,
  items: readonly BagItem[],
  prover: Prover,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<Result<null>> {
  const aside = path.join(destination.folder, '.incoming', unit.subject.id);
  const custody = await prover.prove(custodyEntries(context.ledger, unit, unit.seq));
  const info = [
    ['Bagging-Date', context.now().slice(0, 10)],
    ['External-Identifier', unit.subject.id],
    ['Source-Organization', `Evidock ${context.stationCode}`],
  ] as const;
  const written = await writeBag(aside, { items, custody, info, tags: {} }, signal);
  if (!written.ok) return written;
  await makeFolderFlushed(path.dirname(folder));
  await fs.promises.rename(aside, folder);
  await flushFolder(path.dirname(folder));
  await flushFolder(path.dirname(aside));
  return { ok: true, value: null };
}

/** Flushes every folder between a bag and the destination's root: a bag found in its place may have got there just before a kill. */
async function flushPlace(root: string, folder: string): Promise<void> {
  for (let at = path.dirname(folder); at.length >= root.length; at = path.dirname(at)) await flushFolder(at);
}

async function receiptFor(
  context: ForwardContext,
  destination: Destination,
  place: string,
  folder: string,
  items: readonly BagItem[],
  signal: AbortSignal | undefined,
): Promise<Result<Receipt>> {
  const read = await readBag(folder, context.hashAtRest, signal);
  if (!read.ok) return read;
  const { payload, manifestSha256, tagManifestSha256 } = read.value;
  const differing = items.find((item) => payload.get(item.file)?.sha256 !== item.sha256);
  if (differing || payload.size !== items.length) return failed('destination.conflict', place, differing?.itemId ?? 'other files');
  const proven = items.map(({ itemId, sha256, sizeBytes }) => ({ itemId, sha256, sizeBytes }));
  return { ok: true, value: { destinationId: destination.id, bag: place, proof: 'read-back', manifestSha256, tagManifestSha256, items: proven } };
}

/** Name of the file beside a station's bags that holds its public key. */
const STATION_KEY = 'station-key.json';

/** Whether a file beside a station's bags holds one of its public keys. */
export const isStationKey = (name: string): boolean => /^station-key(-\d+)?\.json$/.test(name);

/** Every key a ledger has had stays at the destination, each in its own file. */
function keyFile(epoch: number): string {
  return epoch === 1 ? STATION_KEY : STATION_KEY.replace('.json', `-${epoch}.json`);
}

/** Segments compared with their copy since this program started; neither ever changes. */
const mirroredSegments = new Set<string>();

async function mirrorKey({ stationId, ledger }: ForwardContext, file: string): Promise<Result<null>> {
  const text = `${JSON.stringify({ stationId, algorithm: 'Ed25519', publicKey: ledger.publicKey }, null, 1)}\n`;
  if (!fs.existsSync(file)) {
    await makeFolderFlushed(path.dirname(file));
    writeFileDurably(file, text, 0o640);
  }
  return (await fs.promises.readFile(file, 'utf8')) === text ? { ok: true, value: null } : failed('destination.conflict', file);
}

/** Copies the ledger's sealed segments and the station's public key beside its bags; says how many were new. */
export async function mirrorLedger(context: ForwardContext, destination: Destination): Promise<Result<number>> {
  const checked = checkFolder(destination.folder, destination.id);
  if (!checked.ok) return checked;
  const target = path.join(destination.folder, context.stationId, ledgerFolder(epochOf(context.ledger.reader)));
  let copied = 0;
  try {
    for (const segment of listSealed(context.segments)) {
      const mark = `${target} ${segment.file}`;
      if (mirroredSegments.has(mark)) continue;
      const mirrored = await mirrorFile(segment.file, path.join(target, path.basename(segment.file)), context.hashAtRest);
      if (!mirrored.ok) return mirrored;
      if (mirrored.value) copied += 1;
      mirroredSegments.add(mark);
    }
    const key = await mirrorKey(context, path.join(destination.folder, context.stationId, keyFile(epochOf(context.ledger.reader))));
    if (!key.ok) return key;
    return { ok: true, value: copied };
  } catch (error) {
    return failed(writeCode(error), destination.name, String(error));
  }
}
