import { createHash, createHmac } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { done, failed, type Result } from '../contract/errors.ts';
import { type DataPaths, flushFolder, makeFolderDurably } from '../store/index.ts';
import { type Checkpoint, readCheckpoint, removeCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { Sidecar, sidecarBytes } from './sidecar.ts';

export const SIDECAR_NAME = 'item.json';
const PARTIAL_SUFFIX = '.partial';

/** The vault: originals at rest, each in a folder of its own that is complete the moment it has its final name. */
export type Vault = ReturnType<typeof openVault>;

/** A partial copy found on disk: what it was a copy of, and where its bytes are. */
export type Partial = { itemId: string; folder: string; sidecar: Sidecar; file: string };

/** Opens the vault of a data folder. Holds no state: everything is on disk. */
export function openVault(paths: Pick<DataPaths, 'originals' | 'incoming' | 'quarantine'>) {
  const { originals, incoming, quarantine } = paths;

  /** Final folder of an item: UTC date in its UUIDv7, then the id. */
  function itemFolder(itemId: string): string {
    return path.join(originals, ...dateOf(itemId), itemId);
  }

  /** Reads an item's sidecar; `vault.item-missing` or `vault.sidecar-damaged` when it is not there or not whole. */
  function readSidecar(itemId: string): Result<Sidecar> {
    return readSidecarIn(itemFolder(itemId), itemId);
  }

  /** Path of an item's bytes, known from its sidecar. */
  function originalPath(itemId: string): Result<string> {
    const sidecar = readSidecar(itemId);
    return sidecar.ok ? done(path.join(itemFolder(itemId), sidecar.value.storedName)) : sidecar;
  }

  /**
   * Makes the folder of a new partial with its sidecar, and says where the bytes go. Not flushed: a partial saves time and
   * proves nothing, and one that a power cut tore is put aside at the next start.
   */
  async function beginPartial(sidecar: Sidecar): Promise<Partial> {
    const folder = path.join(incoming, sidecar.itemId + PARTIAL_SUFFIX);
    await fs.promises.mkdir(folder, { mode: 0o700 });
    await writeSidecar(folder, sidecar, { flush: false });
    return { itemId: sidecar.itemId, folder, sidecar, file: path.join(folder, sidecar.storedName) };
  }

  /** Gives a partial found earlier to a new docking, under a new id. */
  async function adoptPartial(found: Partial, sidecar: Sidecar): Promise<Partial> {
    const folder = path.join(incoming, sidecar.itemId + PARTIAL_SUFFIX);
    const file = path.join(found.folder, sidecar.storedName);
    if (found.file !== file && fs.existsSync(found.file)) await fs.promises.rename(found.file, file);
    await writeSidecar(found.folder, sidecar, { flush: true });
    await fs.promises.rename(found.folder, folder);
    await flushFolder(incoming);
    return { itemId: sidecar.itemId, folder, sidecar, file: path.join(folder, sidecar.storedName) };
  }

  /**
   * Turns a proven partial into an item: sidecar with the proven facts, files 0400, folder flushed, renamed to its
   * final name, every new ancestor flushed. When it resolves, the item is durable; only the ledger entry is missing. When
   * it throws, the folder is a partial still.
   */
  async function commitPartial(partial: Partial, stored: NonNullable<Sidecar['stored']>): Promise<{ sidecarSha256: string; sidecar: Sidecar }> {
    const sidecar = { ...partial.sidecar, stored };
    const sidecarSha256 = await writeSidecar(partial.folder, sidecar, { flush: true });
    await removeCheckpoint(partial.folder);
    await fs.promises.chmod(partial.file, 0o400);
    await fs.promises.chmod(path.join(partial.folder, SIDECAR_NAME), 0o400);
    await flushFolder(partial.folder);
    const target = itemFolder(partial.itemId);
    makeFolderDurably(path.dirname(target));
    await fs.promises.rename(partial.folder, target);
    try {
      await flushFolder(path.dirname(target));
      await flushFolder(incoming);
    } catch (error) {
      // Among the originals it would be taken for an item whose recording was cut off.
      await fs.promises.rename(target, partial.folder);
      throw error;
    }
    return { sidecarSha256, sidecar };
  }

  /** Saves how far a partial's copy is; when it resolves, that is durable. */
  function saveCheckpoint(partial: Pick<Partial, 'folder'>, checkpoint: Checkpoint): Promise<void> {
    return writeCheckpoint(partial.folder, checkpoint);
  }

  /** How far a partial's copy was by its last checkpoint; null when it has none that is whole. To be checked, never trusted. */
  function checkpointOf(partial: Pick<Partial, 'folder'>): Checkpoint | null {
    return readCheckpoint(partial.folder);
  }

  /** Removes a partial that turned out to be bytes the vault holds already. */
  async function dropPartial(partial: Pick<Partial, 'folder'>): Promise<void> {
    await fs.promises.rm(partial.folder, { recursive: true, force: true });
    await flushFolder(incoming);
  }

  /** Whether an item's bytes lie here; its sidecar stays when they are freed. Not whether they are the right ones. */
  function holdsOriginal(itemId: string): boolean {
    const file = originalPath(itemId);
    return file.ok && fs.existsSync(file.value);
  }

  /** Removes an item's bytes, which are there, and leaves its sidecar; durable when it resolves. The caller has proven that they are elsewhere. */
  async function freeOriginal(itemId: string): Promise<void> {
    const file = originalPath(itemId);
    if (!file.ok) throw new Error(`${file.failure.code}: ${itemId}`);
    await fs.promises.unlink(file.value);
    await flushFolder(itemFolder(itemId));
  }

  /** Moves a partial whose source is gone out of the way; it is kept, and never taken for the file. */
  async function quarantinePartial(partial: Pick<Partial, 'itemId' | 'folder'>): Promise<void> {
    await fs.promises.rename(partial.folder, path.join(quarantine, partial.itemId));
    await flushFolder(quarantine);
    await flushFolder(incoming);
  }

  /**
   * Whether a partial's folder holds nothing of the camera: a stop between making it and writing its sidecar. Bytes are
   * only ever written beside a sidecar.
   */
  function isEmptyPartial(partial: Pick<Partial, 'folder'>): boolean {
    return fs.readdirSync(partial.folder).every((name) => name === `${SIDECAR_NAME}.tmp`);
  }

  /** The partial of this id, or null when it is not there or its sidecar can not be read. */
  function findPartial(itemId: string): Partial | null {
    const folder = path.join(incoming, itemId + PARTIAL_SUFFIX);
    const sidecar = readSidecarIn(folder, itemId);
    return sidecar.ok ? { itemId, folder, sidecar: sidecar.value, file: path.join(folder, sidecar.value.storedName) } : null;
  }

  /**
   * Every partial on disk with a readable sidecar, and the folders whose sidecar is not. None where their folder is gone:
   * partials only save time, and whoever begins one is told.
   */
  function listPartials(): { partials: Partial[]; unreadable: { itemId: string; folder: string }[] } {
    const partials: Partial[] = [];
    const unreadable: { itemId: string; folder: string }[] = [];
    for (const name of fs.existsSync(incoming) ? fs.readdirSync(incoming) : []) {
      if (!name.endsWith(PARTIAL_SUFFIX)) continue;
      const itemId = name.slice(0, -PARTIAL_SUFFIX.length);
      const folder = path.join(incoming, name);
      const partial = findPartial(itemId);
      if (partial) partials.push(partial);
      else unreadable.push({ itemId, folder });
    }
    return { partials, unreadable };
  }

  /** Every item folder on disk, in id order within a day; names only, nothing is read. */
  function* listItems(): Generator<{ itemId: string; folder: string }> {
    for (const year of folders(originals)) {
      for (const month of folders(path.join(originals, year))) {
        for (const day of folders(path.join(originals, year, month))) {
          const at = path.join(originals, year, month, day);
          for (const itemId of folders(at)) yield { itemId, folder: path.join(at, itemId) };
        }
      }
    }
  }

  return {
    root: originals,
    itemFolder,
    readSidecar,
    originalPath,
    beginPartial,
    adoptPartial,
    commitPartial,
    saveCheckpoint,
    checkpointOf,
    dropPartial,
    quarantinePartial,
    holdsOriginal,
    freeOriginal,
    isEmptyPartial,
    findPartial,
    listPartials,
    listItems,
  };
}

/** Salted digest of a path on a camera, as entries carry it: HMAC-SHA-256 with the item's salt, base64url. */
export function pathDigest(sidecar: Pick<Sidecar, 'salt'>, pathRaw: Uint8Array): string {
  return createHmac('sha256', Buffer.from(sidecar.salt, 'base64url')).update(pathRaw).digest('base64url');
}

/** SHA-256 of a sidecar's bytes on disk. */
export function sidecarDigest(folder: string): string {
  return createHash('sha256')
    .update(fs.readFileSync(path.join(folder, SIDECAR_NAME)))
    .digest('hex');
}

/** UTC year, month and day in a UUIDv7's time field. */
function dateOf(itemId: string): [string, string, string] {
  const ms = Number.parseInt(itemId.slice(0, 8) + itemId.slice(9, 13), 16);
  const [year, month, day] = new Date(ms).toISOString().slice(0, 10).split('-');
  if (year === undefined || month === undefined || day === undefined) throw new RangeError(`not a dated id: ${itemId}`);
  return [year, month, day];
}

function folders(at: string): string[] {
  return fs
    .readdirSync(at, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function readSidecarIn(folder: string, itemId: string): Result<Sidecar> {
  const file = path.join(folder, SIDECAR_NAME);
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    return failed('vault.item-missing', itemId, String(error));
  }
  try {
    const sidecar = Sidecar.parse(JSON.parse(text));
    if (sidecar.itemId !== itemId && !folder.endsWith(PARTIAL_SUFFIX)) return failed('vault.sidecar-damaged', itemId, 'speaks of another item');
    // A name is a name, whatever a damaged file says: never a way out of the folder.
    if (path.basename(sidecar.storedName) !== sidecar.storedName) return failed('vault.sidecar-damaged', itemId, 'stored name is a path');
    return done(sidecar);
  } catch (error) {
    return failed('vault.sidecar-damaged', itemId, String(error).slice(0, 300));
  }
}

/** Replaces a folder's sidecar and says what its bytes hash to. */
async function writeSidecar(folder: string, sidecar: Sidecar, { flush }: { flush: boolean }): Promise<string> {
  const bytes = sidecarBytes(sidecar);
  const file = path.join(folder, SIDECAR_NAME);
  const temporary = `${file}.tmp`;
  await fs.promises.writeFile(temporary, bytes, { mode: 0o600, flush });
  await fs.promises.rename(temporary, file);
  return createHash('sha256').update(bytes).digest('hex');
}
