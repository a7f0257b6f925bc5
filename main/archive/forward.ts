import path from 'node:path';
import type { Receipt, RetentionDue } from '../contract/entries/archive.ts';
import type { Entry } from '../contract/entries/index.ts';
import { failed, type Result } from '../contract/errors.ts';
import { epochOf, type Ledger, listSealed } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';
import { asking, type Backend } from './backend.ts';
import { type BagFile, type BagItem, bagFiles, bagItems, type HashAtRest, type ReadBag, readBag } from './bag.ts';
import type { Breakers } from './breakers.ts';
import type { Connections } from './connections.ts';
import { createProver, custodyEntries, type Prover } from './custody.ts';
import type { DescribedUnit } from './described-unit.pure.ts';
import type { Destination } from './destinations.ts';
import { hashFile } from './file-io.ts';
import { ledgerFolder } from './ledger-elsewhere.ts';
import type { Pace } from './pace.ts';
import type { Paces } from './paces.ts';
import type { RetentionRules } from './retention.pure.ts';
import { retentionDue } from './retention-due.ts';
import type { Timer } from './timer.ts';

export type ForwardContext = {
  ledger: Ledger;
  vault: Vault;
  stationId: string;
  stationCode: string;
  /** Folder of this ledger's segments. */
  segments: string;
  hashAtRest: HashAtRest;
  breakers: Breakers;
  connections: Connections;
  /** What a destination's caps allow now; see `createPaces`. */
  paces: Paces;
  /** Policy `retain-days` and `retain-linked-days`. */
  retention(): RetentionRules;
  timer: Timer;
  /** 0 to 1, for waits that keep many stations from coming back to one archive in the same second. */
  random(): number;
  /** What a unit is, for destinations that have to be told. */
  describe(unit: Entry<'unit.closed'>): Promise<DescribedUnit>;
  now(): string;
};

export type ForwardOptions = {
  /** Shared by the units of one push, so that each sealed segment is read once. */
  prover?: Prover;
  signal?: AbortSignal;
};

/**
 * Puts one unit into a destination as a bag and reads it back from there, every byte. A bag that is there already is read in
 * full and adopted when it is the same, never overwritten. The receipt is what the destination holds by its own bytes. Throws
 * the reason of `options.signal` when it aborts; the next attempt goes on with what was written.
 */
export async function forwardUnit(
  context: ForwardContext,
  destination: Destination,
  unit: Entry<'unit.closed'>,
  { prover = createProver(context.ledger, context.segments), signal }: ForwardOptions = {},
): Promise<Result<Receipt>> {
  const opened = await context.connections.open(destination, context.hashAtRest);
  if (!opened.ok) return opened;
  const backend = opened.value;
  const ask = async (): Promise<Result<Receipt>> => {
    const checked = await backend.check(destination.id);
    if (!checked.ok) return checked;
    const items = bagItems(context.ledger, context.vault, unit);
    if (!items.ok) return items;
    const place = bagPath(context.stationId, unit.subject.id);
    const receipt = { place, items: items.value, retention: retentionDue(context.ledger, unit.subject.id, context.retention()) };
    const { sent, readBack } = context.paces.of(destination.id);
    const put = async (): Promise<Result<readonly BagFile[]>> => {
      const files = await outgoing(context, unit, { items: items.value, prover, pace: sent });
      const stored = await backend.put(place, files, signal, () => context.describe(unit));
      return stored.ok ? { ok: true, value: files } : stored;
    };
    if (backend.storesOnly) {
      const stored = await put();
      return stored.ok ? acknowledgedBy(backend, destination, receipt, stored.value) : stored;
    }
    if (!(await backend.holds(place))) {
      const stored = await put();
      if (!stored.ok) return stored;
    }
    return receiptFor({ ...backend, hash: paced(backend.hash, readBack) }, destination, receipt, signal);
  };
  return asking(backend, destination.name, ask, signal);
}

/** Where a unit's bag lies in every destination: station, UTC year and month of the unit's UUIDv7, unit. */
export function bagPath(stationId: string, unitId: string): string {
  const at = new Date(Number.parseInt(unitId.slice(0, 8) + unitId.slice(9, 13), 16)).toISOString();
  return `${stationId}/${at.slice(0, 4)}/${at.slice(5, 7)}/${unitId}`;
}

/** A unit's bag. The same unit makes the same bag on another day, so that one cut off can be gone on with. */
async function outgoing(
  context: ForwardContext,
  unit: Entry<'unit.closed'>,
  { items, prover, pace }: { items: readonly BagItem[]; prover: Prover; pace: Pace },
): Promise<BagFile[]> {
  const custody = await prover.prove(custodyEntries(context.ledger, unit, unit.seq));
  const info = [
    ['Bagging-Date', unit.at.slice(0, 10)],
    ['External-Identifier', unit.subject.id],
    ['Source-Organization', `Evidock ${context.stationCode}`],
  ] as const;
  return bagFiles({ items, custody, info, tags: {}, pace });
}

/** Reads no faster than a pace allows, file by file: how large one is shows when it was read, and the next one pays for it. */
export function paced(hash: Backend['hash'], pace: Pace): Backend['hash'] {
  return async (file, signal) => {
    await pace(0, signal);
    const hashed = await hash(file, signal);
    if (hashed) await pace(hashed.sizeBytes, signal);
    return hashed;
  };
}

type Expected = { place: string; items: readonly BagItem[]; retention: RetentionDue };

async function receiptFor(
  backend: Backend,
  destination: Destination,
  { place, items, retention }: Expected,
  signal: AbortSignal | undefined,
): Promise<Result<Receipt>> {
  const read = await readBag(backend, place, backend.atOnce, signal);
  if (!read.ok) return read;
  const { payload } = read.value;
  const differing = items.find((item) => payload.get(item.file)?.sha256 !== item.sha256);
  if (differing || payload.size !== items.length) return failed('destination.conflict', place, differing?.itemId ?? 'other files');
  return receiptOf(backend, destination, { place, items, retention }, 'read-back', read.value);
}

/** A receipt of what the far end says it has, and nobody can look at: it proves nothing, and counts for nothing. */
function acknowledgedBy(backend: Backend, destination: Destination, expected: Expected, files: readonly BagFile[]): Promise<Result<Receipt>> {
  const sent = new Map(files.map(({ name, sha256, sizeBytes }) => [name, { sha256, sizeBytes }]));
  const hashOf = (name: string) => sent.get(name)?.sha256 ?? '';
  const [manifestSha256, tagManifestSha256] = [hashOf('manifest-sha256.txt'), hashOf('tagmanifest-sha256.txt')];
  const payload = new Map([...sent].filter(([name]) => expected.items.some((item) => item.file === name)));
  return receiptOf(backend, destination, expected, 'acknowledged', { files: sent, payload, manifestSha256, tagManifestSha256 });
}

async function receiptOf(
  backend: Backend,
  destination: Destination,
  { place, items, retention }: Expected,
  proof: Receipt['proof'],
  bag: ReadBag,
): Promise<Result<Receipt>> {
  const secured = await backend.secure(place, bag, retention.until);
  if (!secured.ok) return secured;
  const { manifestSha256, tagManifestSha256 } = bag;
  const named = items.map(({ itemId, sha256, sizeBytes }) => ({ itemId, sha256, sizeBytes }));
  const about = { destinationId: destination.id, bag: place, proof, manifestSha256, tagManifestSha256, items: named, retention };
  return { ok: true, value: { ...about, ...secured.value } };
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

/** Copies the ledger's sealed segments and the station's public key beside its bags; says how many were new: none where only units are taken. */
export async function mirrorLedger(context: ForwardContext, destination: Destination): Promise<Result<number>> {
  const opened = await context.connections.open(destination, context.hashAtRest);
  if (!opened.ok) return opened;
  const backend = opened.value;
  if (backend.storesOnly) return { ok: true, value: 0 };
  const { stationId, ledger } = context;
  const epoch = epochOf(ledger.reader);
  const folder = `${stationId}/${ledgerFolder(epoch)}`;
  return asking(backend, destination.name, async () => {
    const checked = await backend.check(destination.id);
    if (!checked.ok) return checked;
    let copied = 0;
    for (const { file } of listSealed(context.segments)) {
      const mark = `${destination.id}/${folder} ${file}`;
      if (mirroredSegments.has(mark)) continue;
      const mirrored = await mirrorFile(backend, destination.name, `${folder}/${path.basename(file)}`, file);
      if (!mirrored.ok) return mirrored;
      if (mirrored.value) copied += 1;
      mirroredSegments.add(mark);
    }
    const key = await mirrorKey(context, backend, destination.name, `${stationId}/${keyFile(epoch)}`);
    return key.ok ? { ok: true, value: copied } : key;
  });
}

/** Copies a file that never changes unless it is there; another content under its name is `destination.conflict`. True when it was copied. */
async function mirrorFile(backend: Backend, name: string, target: string, source: string): Promise<Result<boolean>> {
  const ours = await hashFile(source);
  const there = await backend.hash(target);
  if (there) return there.sha256 === ours.sha256 ? { ok: true, value: false } : failed('destination.conflict', `${name}: ${target}`);
  await backend.create(target, { source });
  return (await backend.hash(target))?.sha256 === ours.sha256
    ? { ok: true, value: true }
    : failed('destination.read-back-differs', `${name}: ${target}`);
}

async function mirrorKey({ stationId, ledger }: ForwardContext, backend: Backend, name: string, file: string): Promise<Result<null>> {
  const text = `${JSON.stringify({ stationId, algorithm: 'Ed25519', publicKey: ledger.publicKey }, null, 1)}\n`;
  if ((await backend.text(file)) === null) await backend.create(file, { text });
  return (await backend.text(file)) === text ? { ok: true, value: null } : failed('destination.conflict', `${name}: ${file}`);
}
