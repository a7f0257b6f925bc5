import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import type { Copied, Digests, Hole, JobOptions, ListedFacts, Proven } from '../../native/index.ts';
import type { Draft } from '../contract/entries/index.ts';
import type { ItemStored } from '../contract/entries/ingest.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import { ExtraHash } from '../contract/values.ts';
import { agencyUuid, sql, type Turns } from '../store/index.ts';
import { type Partial, provenFileSystem, type Sidecar, safeName, spaceOf } from '../vault/index.ts';
import { filesOf } from './camera-files.ts';
import { copyIntoPartial } from './copy-partial.ts';
import { type DockedCamera, type FileFacts, INGEST_ACTOR, type IngestContext } from './docked-camera.ts';
import { pathText } from './path-text.ts';
import { setAside } from './plan.ts';

/** One row of a plan. */
export type PlannedFile = {
  n: number;
  path: Buffer;
  sizeBytes: number;
  mtimeNs: string;
  decision: 'fresh' | 'known' | 'resume';
  partialItem: string | null;
};

/**
 * A file whose bytes are all in a partial and flushed, and of which nothing is proven. Nothing of it is on the ledger until
 * `settleCopied` has read the partial back, and the camera's `unread` beginning where there is one.
 */
export type CopiedFile = { kind: 'copied'; partial: Partial; copied: Copied };

/**
 * With `proveLater` a copy is left as a `CopiedFile`, to be proven at another turn. With `salvage` it is made around what
 * cannot be read.
 */
export type SettleOptions = JobOptions & { proveLater: boolean; salvage?: boolean };

/** What became of a file: stored as an item, or met again as one. With holes it is an incomplete item, and the file not settled. */
export type SettledFile = { kind: 'stored' | 'seen-again'; itemId: string; storedBytes: number; resumedBytes: number; holes: readonly Hole[] };

/**
 * Settles one planned file: reads it in full and either proves that the vault holds these bytes of this camera already,
 * or copies, proves and stores them. A partial with a checkpoint is gone on with from there, and is only copied then, as with
 * `proveLater`. Of a file that a present camera cannot read everywhere, what can be read becomes an incomplete item.
 * Fails with the `source.*`, `vault.*` or `docking.*` code that stopped it; nothing is on the ledger then, and the camera
 * is untouched.
 */
export async function settleFile(
  context: IngestContext,
  camera: DockedCamera,
  file: PlannedFile,
  inTurn: Turns,
  options: SettleOptions,
): Promise<Result<SettledFile | CopiedFile>> {
  if (file.decision === 'known') {
    const hashed = await filesOf(context, camera).hash(file.path, options);
    if (!hashed.ok) return hashed;
    const itemId = itemWith(context, camera, hashed.value.sha256);
    if (itemId) return done(await seenAgain(context, camera, file, itemId, hashed.value));
  }
  return store(context, camera, file, inTurn, options);
}

/**
 * Settles a file that was copied: reads the copy back, and of the camera what was not read yet; stores the copy when it is
 * what the device holds and what all hashes say. Of a beginning that reads otherwise, the copy is set aside, for it may be
 * the better reading of a failing card, and the file copied anew.
 */
export async function settleCopied(
  context: IngestContext,
  camera: DockedCamera,
  file: PlannedFile,
  { partial, copied }: CopiedFile,
  inTurn: Turns,
  options: JobOptions,
): Promise<Result<SettledFile | CopiedFile>> {
  const { unread } = copied;
  const readBytes = file.sizeBytes - (unread?.bytes ?? 0);
  const disk = await inVault(file, async () => provenFileSystem(context.vault.root) !== null);
  if (!disk.ok) return disk;
  const place = { target: partial.file, provenFileSystem: disk.value };
  const proven = await context.engine.prove(place, copied, { ...options, onProgress: () => options.onProgress?.(readBytes) });
  if (!proven.ok) {
    if (isWorthless(proven.failure)) await drop(context, partial, file);
    return proven;
  }
  if (!unread) return keep(context, camera, partial, file, proven.value, inTurn);
  const onProgress = (doneBytes: number) => options.onProgress?.(readBytes + doneBytes);
  const extraHashes = ExtraHash.options.filter((hash) => unread[hash] !== undefined);
  const beginning = { ...options, onProgress, extraHashes };
  const read = await filesOf(context, camera).hashBeginning(file.path, listedFacts(file), unread.bytes, beginning);
  if (!read.ok) {
    if (await isBadReader(camera, read.failure)) return salvage(context, camera, file, partial, read, inTurn, options);
    if (isWorthless(read.failure)) await drop(context, partial, file);
    return read;
  }
  if (hashesOf(read.value) === hashesOf(unread)) return keep(context, camera, partial, file, proven.value, inTurn);
  const aside = await inVault(file, () => setAside(context, camera, partial, 'beginning-differs'));
  return aside.ok ? store(context, camera, { ...file, partialItem: null }, inTurn, { ...options, proveLater: false }) : aside;
}

/** All of them in a line. */
function hashesOf({ sha256, sm3, md5, xxh64 }: Digests): string {
  return [sha256, sm3, md5, xxh64].join();
}

/** A place cannot be read on a camera that is there: what is left to read may still be had. */
async function isBadReader(camera: DockedCamera, failure: Failure): Promise<boolean> {
  return failure.code === 'source.unreadable' && (await camera.isAlive());
}

/**
 * Copies a file around what cannot be read of it, beside the partial that ended there. That one goes when the item is stored,
 * or is set aside where it holds what could no longer be read; it stays, to be gone on with, when nothing can be read any more.
 */
async function salvage(
  context: IngestContext,
  camera: DockedCamera,
  file: PlannedFile,
  former: Partial,
  unreadable: { ok: false; failure: Failure },
  inTurn: Turns,
  options: JobOptions,
): Promise<Result<SettledFile | CopiedFile>> {
  const around = await store(context, camera, { ...file, partialItem: null }, inTurn, { ...options, proveLater: false, salvage: true });
  if (!around.ok) return around.failure.code.startsWith('source.') ? unreadable : around;
  const { holes } = 'copied' in around.value ? around.value.copied : around.value;
  const gone = await inVault(file, async () => {
    const { size } = await fs.promises.stat(former.file);
    if (holes.some(({ offset }) => offset < size)) await setAside(context, camera, former, 'source-unreadable');
    else await context.vault.dropPartial(former);
  });
  return gone.ok ? around : gone;
}

function itemWith(context: IngestContext, camera: DockedCamera, sha256: string): string | null {
  const first = sql<{ item_id: string }>(
    context.ledger.reader,
    'SELECT item_id FROM items WHERE camera_id = ? AND sha256 = ? AND missing_bytes = 0 ORDER BY stored_seq LIMIT 1',
  );
  return camera.cameraIds.map((id) => first.get(id, sha256)?.item_id).find((id) => id !== undefined) ?? null;
}

async function store(
  context: IngestContext,
  camera: DockedCamera,
  file: PlannedFile,
  inTurn: Turns,
  options: SettleOptions,
): Promise<Result<SettledFile | CopiedFile>> {
  const lacking = await inVault(file, async () => lackingSpace(context, file));
  if (!lacking.ok) return lacking;
  if (lacking.value) return lacking.value;
  const begun = await begin(context, camera, file, options.salvage ?? false);
  if (!begun.ok) return begun;
  const partial = begun.value;
  const { salvage: around = false } = options;
  const ended = await copyIntoPartial(context, camera, partial, { path: file.path, listed: listedFacts(file), salvage: around }, options);
  const saved = await inVault(file, () => ended.saved);
  const copied = saved.ok ? ended.copied : saved;
  if (!copied.ok) {
    if (!around && (await isBadReader(camera, copied.failure))) return salvage(context, camera, file, partial, copied, inTurn, options);
    // Zeros in a partial would look like bytes of the camera.
    if (around || isWorthless(copied.failure)) await drop(context, partial, file);
    return copied;
  }
  if (copied.value.holes.length > 0 && !(await camera.isAlive())) {
    // Of a camera that is gone nothing can be read, which says nothing about its files.
    await drop(context, partial, file);
    return failed('docking.interrupted', pathText(file.path), 'gone while it was read');
  }
  const whole: CopiedFile = { kind: 'copied', partial, copied: copied.value };
  // What goes on from a checkpoint is settled when all else of the camera is in the vault.
  if (options.proveLater || copied.value.unread) return done(whole);
  return settleCopied(context, camera, file, whole, inTurn, options);
}

/** Makes an item of a proven copy; of bytes that are one already it is a sighting. An incomplete copy is never either for a whole one. */
function keep(
  context: IngestContext,
  camera: DockedCamera,
  partial: Partial,
  file: PlannedFile,
  copied: Proven,
  inTurn: Turns,
): Promise<Result<SettledFile>> {
  // Two equal files copied side by side are one item.
  return inTurn(copied.sha256, async () => {
    const former = incompleteItems(context, camera, file);
    if (copied.holes.length > 0) {
      const same = former.find(({ stored }) => stored?.sha256 === copied.sha256 && JSON.stringify(stored.holes) === JSON.stringify(copied.holes));
      if (!same) return commit(context, camera, partial, file, copied, []);
      const again = await drop(context, partial, file);
      return again.ok ? done({ kind: 'seen-again', itemId: same.itemId, storedBytes: 0, resumedBytes: 0, holes: copied.holes }) : again;
    }
    const known = itemWith(context, camera, copied.sha256);
    if (!known) {
      // A card has no time that would tell whether it is still the same.
      const replaces = camera.cards.length > 0 ? [] : former.map(({ itemId }) => itemId);
      return commit(context, camera, partial, file, copied, replaces);
    }
    const dropped = await drop(context, partial, file);
    return dropped.ok ? done(await seenAgain(context, camera, file, known, copied)) : dropped;
  });
}

/** Incomplete items of this very file that no whole one has replaced yet. */
function incompleteItems(context: IngestContext, camera: DockedCamera, file: PlannedFile): Sidecar[] {
  const pathRaw = file.path.toString('base64url');
  const incomplete = sql<{ item_id: string }>(
    context.ledger.reader,
    'SELECT item_id FROM items WHERE camera_id = ? AND missing_bytes > 0 AND replaced_by IS NULL ORDER BY item_id',
  );
  return camera.cameraIds
    .flatMap((id) => incomplete.all(id))
    .flatMap(({ item_id }) => {
      const sidecar = context.vault.readSidecar(item_id);
      return sidecar.ok ? [sidecar.value] : [];
    })
    .filter(({ source }) => source.pathRaw === pathRaw && source.sizeBytes === file.sizeBytes && source.mtimeNs === file.mtimeNs);
}

function listedFacts({ sizeBytes, mtimeNs }: PlannedFile): ListedFacts {
  return { sizeBytes, mtimeNs };
}

function drop(context: IngestContext, partial: Partial, file: PlannedFile): Promise<Result<void>> {
  return inVault(file, () => context.vault.dropPartial(partial));
}

/** Does something in the vault; what its disk refuses is a failure of this file, and no other file's. */
async function inVault<T>(file: PlannedFile, act: () => Promise<T>): Promise<Result<T>> {
  try {
    return done(await act());
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^E[A-Z0-9]+$/.test(code)) throw error;
    return failed(code === 'ENOSPC' || code === 'EDQUOT' ? 'vault.full' : 'vault.write-failed', pathText(file.path), String(error));
  }
}

function lackingSpace(context: IngestContext, file: PlannedFile) {
  const space = spaceOf(context.vault.root, context.vaultReserveBytes());
  if (space.freeBytes - file.sizeBytes >= space.reserveBytes) return null;
  const detail = `${file.sizeBytes} bytes wanted, ${space.freeBytes} free, ${space.reserveBytes} kept for ledger and database`;
  return failed('vault.full', pathText(file.path), detail);
}

/**
 * A partial is kept for resuming only when the source went away. After a failed write, a failed flush or a read-back
 * that differed its bytes on disk can not be trusted, and of a file that changed they are of no file at all.
 */
function isWorthless(failure: Failure): boolean {
  return failure.code !== 'docking.interrupted' && failure.code !== 'source.gone' && failure.code !== 'source.unreadable';
}

function begin(context: IngestContext, camera: DockedCamera, file: PlannedFile, around: boolean): Promise<Result<Partial>> {
  const found = file.partialItem ? context.vault.findPartial(file.partialItem) : null;
  const sidecar = { ...newSidecar(context, camera, file), ...(around ? { salvage: true as const } : {}) };
  return inVault(file, () => (found ? context.vault.adoptPartial(found, sidecar) : context.vault.beginPartial(sidecar)));
}

function newSidecar(context: IngestContext, camera: DockedCamera, file: PlannedFile): Sidecar {
  return {
    format: 1,
    itemId: uuidv7({ msecs: Date.parse(context.now()) }),
    stationId: context.stationId,
    camera: { id: camera.cameraId, serial: camera.serial },
    mediumId: camera.mediumId,
    dockingId: camera.dockingId,
    officer: officerOf(context, camera, camera.describe(pathText(file.path))),
    source: {
      pathRaw: file.path.toString('base64url'),
      path: pathText(file.path),
      sizeBytes: file.sizeBytes,
      mtimeNs: file.mtimeNs,
    },
    storedName: safeName(baseName(file.path)),
    salt: randomBytes(16).toString('base64url'),
    stored: null,
  };
}

/** The bytes after the last slash. */
function baseName(raw: Buffer): Buffer {
  return raw.subarray(raw.lastIndexOf(0x2f) + 1);
}

function officerOf(context: IngestContext, camera: DockedCamera, facts: FileFacts): Sidecar['officer'] {
  const found = camera.officer ?? (facts.officer ? { number: facts.officer, source: 'file-name' as const } : null);
  return found ? { ...found, personId: agencyUuid(context.agencyId, 'person', found.number) } : null;
}

async function commit(
  context: IngestContext,
  camera: DockedCamera,
  partial: Partial,
  file: PlannedFile,
  copied: Proven,
  replaces: string[],
): Promise<Result<SettledFile>> {
  const stored = { ...storedFacts(context, camera, file, copied), ...(replaces.length > 0 ? { replaces } : {}) };
  const committed = await inVault(file, () => context.vault.commitPartial(partial, stored));
  if (!committed.ok) {
    await drop(context, partial, file);
    return committed;
  }
  const { sidecar, sidecarSha256 } = committed.value;
  await appendStored(context, sidecar, { ...stored, sidecarSha256, recovered: false });
  const { sizeBytes: storedBytes, resumedBytes, holes } = copied;
  return done({ kind: 'stored', itemId: partial.itemId, storedBytes, resumedBytes, holes });
}

function storedFacts(context: IngestContext, camera: DockedCamera, file: PlannedFile, copied: Proven): NonNullable<Sidecar['stored']> {
  const facts = camera.describe(pathText(file.path));
  return {
    sizeBytes: copied.sizeBytes,
    sha256: copied.sha256,
    sm3: copied.sm3,
    ...(copied.md5 ? { md5: copied.md5 } : {}),
    ...(copied.xxh64 ? { xxh64: copied.xxh64 } : {}),
    readBack: copied.readBack,
    mediaKind: facts.mediaKind,
    extension: facts.extension,
    mtimeNs: file.mtimeNs,
    fingerprint: copied.fingerprint,
    engine: context.engine.id,
    resumedBytes: copied.resumedBytes,
    important: facts.important,
    start: facts.startLocal ? { local: facts.startLocal, zone: context.cameraZone(), source: 'name' } : null,
    sequence: facts.sequence,
    ...(copied.holes.length > 0 ? { holes: copied.holes } : {}),
    ...(camera.remote ? { readTwice: true as const } : {}),
    ...(camera.cards.length > 0 ? { cardImage: true as const } : {}),
  };
}

/** Records an item whose folder is complete in the vault; also used when such a folder is found without its entry. */
export async function appendStored(context: IngestContext, sidecar: Sidecar, body: z.infer<typeof ItemStored>): Promise<void> {
  const { officer } = sidecar;
  const drafts: Draft[] = [
    {
      type: 'item.stored',
      subject: { kind: 'item', id: sidecar.itemId },
      refs: [
        { kind: 'docking', id: sidecar.dockingId, role: 'docking' },
        { kind: 'camera', id: sidecar.camera.id, role: 'camera' },
        { kind: 'medium', id: sidecar.mediumId, role: 'medium' },
        ...(officer ? [{ kind: 'person' as const, id: officer.personId, role: 'officer' }] : []),
      ],
      actor: INGEST_ACTOR,
      at: context.now(),
      body,
    },
  ];
  const records = [{ kind: 'item', id: sidecar.itemId, data: { path: sidecar.source.path, pathRaw: sidecar.source.pathRaw } }];
  await context.ledger.append(drafts, records);
}

async function seenAgain(
  context: IngestContext,
  camera: DockedCamera,
  file: PlannedFile,
  itemId: string,
  facts: { sha256: string; fingerprint: string },
): Promise<SettledFile> {
  const sightingId = uuidv7();
  const path = pathText(file.path);
  const samePath = context.ledger.records.get('item', itemId)?.['path'] === path;
  await context.ledger.append(
    [
      {
        type: 'item.seen-again',
        subject: { kind: 'item', id: itemId },
        refs: [
          { kind: 'docking', id: camera.dockingId, role: 'docking' },
          { kind: 'camera', id: camera.cameraId, role: 'camera' },
        ],
        actor: INGEST_ACTOR,
        at: context.now(),
        body: { sightingId, sha256: facts.sha256, mtimeNs: file.mtimeNs, fingerprint: facts.fingerprint, samePath },
      },
    ],
    samePath ? [] : [{ kind: 'sighting', id: sightingId, data: { path, pathRaw: file.path.toString('base64url') } }],
  );
  return { kind: 'seen-again', itemId, storedBytes: 0, resumedBytes: 0, holes: [] };
}
