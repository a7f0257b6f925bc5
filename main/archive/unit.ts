import type { Entry } from '../contract/entries/index.ts';
import { done, failed, type Result } from '../contract/errors.ts';
import { latestEntry, type Ledger } from '../ledger/index.ts';
import type { Sidecar, Vault } from '../vault/index.ts';
import { type Payload, type Tag, textTag } from './bag.ts';
import { payloadName } from './bag.pure.ts';
import { entriesUpTo } from './custody.ts';
import { breathe } from './disk.ts';

export type UnitItem = {
  role: string;
  damaged: boolean;
  durationMs: number | null;
  stored: Entry<'item.stored'>;
  sidecar: Sidecar;
  payload: Payload;
};

/** A closed unit with everything the ledger and the vault know of its items. */
export type Unit = { closed: Entry<'unit.closed'>; items: UnitItem[] };

export const ITEMS = 'evidock/items.json';
export const SM3_SUMS = 'evidock/sm3sums.txt';

/**
 * Reads a closed unit. `folder` is where its items go in the bag, ending with a slash. Fails with `unit.unknown`,
 * `vault.item-missing` or `vault.sidecar-damaged`.
 */
export async function readUnit(context: { ledger: Ledger; vault: Vault }, unitId: string, folder: string): Promise<Result<Unit>> {
  const closed = latestEntry(context.ledger.reader, 'unit.closed', unitId);
  if (!closed) return failed('unit.unknown', unitId);
  const items: UnitItem[] = [];
  for (const [n, { itemId, role, damaged, durationMs }] of closed.body.items.entries()) {
    const stored = latestEntry(context.ledger.reader, 'item.stored', itemId);
    if (!stored) return failed('vault.item-missing', itemId, 'the ledger never stored it');
    const sidecar = context.vault.readSidecar(itemId);
    if (!sidecar.ok) return sidecar;
    const source = context.vault.originalPath(itemId);
    if (!source.ok) return source;
    const { sha256, sizeBytes, extension } = stored.body;
    const payload = { path: folder + payloadName(n + 1, itemId, extension), itemId, source: source.value, sha256, sizeBytes };
    items.push({ role, damaged, durationMs, stored, sidecar: sidecar.value, payload });
    // Sidecars are read with blocking calls; a docking's logs can be thousands.
    if (n % 20 === 19) await breathe();
  }
  return done({ closed, items });
}

/** The entries about a unit, its items and its dockings, up to entry `upTo`. */
export function custodyOf(ledger: Ledger, unit: Unit, upTo: number): number[] {
  const dockings = new Set([
    ...unit.items.map((item) => item.sidecar.dockingId),
    ...unit.closed.refs.filter((ref) => ref.kind === 'docking').map((ref) => ref.id),
  ]);
  return [
    ...entriesUpTo(ledger.reader, { kind: 'unit', id: unit.closed.subject.id }, upTo, true),
    ...unit.items.flatMap((item) => entriesUpTo(ledger.reader, { kind: 'item', id: item.payload.itemId }, upTo, true)),
    // What only names the docking are the other items of it, which are other units' business.
    ...[...dockings].flatMap((id) => entriesUpTo(ledger.reader, { kind: 'docking', id }, upTo, false)),
  ];
}

/** The tag files that say what the payload is: original paths, times, hashes, and the list of SM3 sums. */
export function itemTags(units: readonly Unit[]): Tag[] {
  const sums = units.flatMap((unit) => unit.items.map((item) => `${item.stored.body.sm3}  ${item.payload.path}\n`));
  const described = { format: 1, units: units.map(describeUnit) };
  return [textTag(SM3_SUMS, sums.join('')), textTag(ITEMS, `${JSON.stringify(described, null, 2)}\n`)];
}

function describeUnit({ closed, items }: Unit) {
  const { kind, start, durationMs, continues } = closed.body;
  return {
    unitId: closed.subject.id,
    stationId: closed.station,
    kind,
    closedAt: closed.at,
    closedSeq: closed.seq,
    start,
    durationMs,
    continues,
    items: items.map(describeItem),
  };
}

function describeItem({ role, damaged, durationMs, stored, sidecar, payload }: UnitItem) {
  const { body } = stored;
  return {
    itemId: payload.itemId,
    file: payload.path,
    role,
    damaged,
    durationMs,
    mediaKind: body.mediaKind,
    important: body.important,
    /** Path on the camera as text, and its exact bytes in base64url. */
    path: sidecar.source.path,
    pathRaw: sidecar.source.pathRaw,
    sizeBytes: body.sizeBytes,
    sha256: body.sha256,
    sm3: body.sm3,
    readBack: body.readBack,
    mtimeNs: body.mtimeNs,
    start: body.start,
    sequence: body.sequence,
    storedAt: stored.at,
    camera: sidecar.camera,
    mediumId: sidecar.mediumId,
    dockingId: sidecar.dockingId,
    officer: sidecar.officer,
  };
}
