import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { systemCode } from '../../native/index.ts';
import { type Failure, failed } from '../contract/errors.ts';
import { BAG_INFO, BAGIT, BAGIT_TXT, bagInfoText, MANIFEST, manifestText, payloadOxum, TAG_MANIFEST } from './bag.pure.ts';
import { copyHashing, flush, hashFile, systemWords, writeFlushed } from './disk.ts';
import { readable, walkFolder } from './walk-folder.ts';

/** One original that goes into a bag: where its bytes are and what the ledger says they are. */
export type Payload = { path: string; itemId: string; source: string; sha256: string; sizeBytes: number };

/** A file that describes the bag. */
export type Tag = { path: string; bytes: Uint8Array; mode?: number };

/** A whole bag, worked out before anything is written. */
export type Bag = {
  payload: readonly Payload[];
  /** Every tag file, in the order they are written; the tag manifest, which covers the others, is the last. */
  tags: readonly Tag[];
  manifestSha256: string;
  tagManifestSha256: string;
  /** SHA-256 of every file by its path. */
  expected: ReadonlyMap<string, string>;
};

/** Works out a bag of these originals with these further tag files. */
export function planBag(payload: readonly Payload[], info: readonly (readonly [string, string])[], further: readonly Tag[]): Bag {
  const manifest = textTag(MANIFEST, manifestText(payload));
  const oxum = ['Payload-Oxum', payloadOxum(payload.map((one) => one.sizeBytes))] as const;
  const covered = [textTag(BAGIT, BAGIT_TXT), textTag(BAG_INFO, bagInfoText([...info, oxum])), manifest, ...further];
  const lines = covered.map((tag) => ({ path: tag.path, sha256: sha256(tag.bytes) }));
  const tagManifest = textTag(TAG_MANIFEST, manifestText(lines));
  const tagManifestSha256 = sha256(tagManifest.bytes);
  return {
    payload,
    tags: [...covered, tagManifest],
    manifestSha256: sha256(manifest.bytes),
    tagManifestSha256,
    expected: new Map([...payload, ...lines, { path: TAG_MANIFEST, sha256: tagManifestSha256 }].map((one) => [one.path, one.sha256])),
  };
}

/** A tag file of UTF-8 text. */
export function textTag(at: string, text: string): Tag {
  return { path: at, bytes: Buffer.from(text, 'utf8') };
}

/** SHA-256 of bytes in memory, as hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/**
 * Writes a bag into `folder`, which exists; when it returns null every file and folder in it has been flushed. Payload
 * found there from an earlier try is hashed and kept when equal, anything else is replaced. The originals are hashed as
 * they are copied: `vault.item-differs` or `vault.item-missing` when they are not what the ledger says. Throws the
 * system's error when `folder` can not be written.
 */
export async function writeBag(folder: string, bag: Bag, signal: AbortSignal): Promise<Failure | null> {
  const folders = await prepareFolders(folder, bag);
  for (const one of bag.payload) {
    const failure = await writePayload(path.join(folder, one.path), one, signal);
    if (failure) return failure;
  }
  for (const tag of bag.tags) {
    signal.throwIfAborted();
    await writeFlushed(path.join(folder, tag.path), tag.bytes, tag.mode);
  }
  for (const one of folders) await flush(path.join(folder, one));
  return null;
}

/** Makes the bag's folders and removes from them what does not belong; returns them, the deepest first. */
async function prepareFolders(folder: string, bag: Bag): Promise<string[]> {
  const folders = new Set(['.']);
  for (const file of bag.expected.keys()) for (let at = path.dirname(file); at !== '.'; at = path.dirname(at)) folders.add(at);
  const topDown = [...folders].sort();
  for (const one of topDown) {
    await fs.promises.mkdir(path.join(folder, one), { mode: 0o700 }).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
    for (const entry of await fs.promises.readdir(path.join(folder, one), { withFileTypes: true })) {
      const name = path.join(one, entry.name);
      const belongs = entry.isDirectory() ? folders.has(name) : entry.isFile() && bag.expected.has(name);
      if (!belongs) await fs.promises.rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
  return topDown.reverse();
}

async function writePayload(target: string, one: Payload, signal: AbortSignal): Promise<Failure | null> {
  if (await holds(target, one.sha256, signal)) {
    await flush(target);
    return null;
  }
  const copied = await copyHashing(one, target, signal);
  if (!copied.ok) return copied.failure;
  if (copied.value.sha256 === one.sha256) return null;
  await fs.promises.rm(target, { force: true });
  return failed('vault.item-differs', one.itemId, `${one.sha256} recorded, ${copied.value.sha256} read`).failure;
}

async function holds(file: string, expected: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await hashFile(file, { direct: false, signal })).sha256 === expected;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** In what a folder differs from the bag it should be. */
export type BagDifference = { path: string; kind: 'missing' | 'differs' | 'extra' | 'unreadable'; detail: string };

/**
 * Reads every byte in `folder`, past the page cache where the file system allows it, and compares with what should be
 * there. No differences means: exactly these files, exactly these bytes. Throws the system's error when the folder
 * itself can not be listed.
 */
export async function compareBag(folder: string, expected: ReadonlyMap<string, string>, signal: AbortSignal): Promise<BagDifference[]> {
  const differences: BagDifference[] = [];
  const met = new Set<string>();
  for await (const found of walkFolder(folder)) {
    const name = readable(found.path);
    const wanted = expected.get(name);
    if (wanted !== undefined) met.add(name);
    if (found.refused) differences.push({ path: name, kind: wanted === undefined ? 'extra' : 'unreadable', detail: found.refused.detail || found.refused.reason });
    else if (wanted === undefined) differences.push({ path: name, kind: 'extra', detail: '' });
    else differences.push(...(await compareFile(path.join(folder, name), name, wanted, signal)));
  }
  for (const name of expected.keys()) if (!met.has(name)) differences.push({ path: name, kind: 'missing', detail: '' });
  return differences;
}

async function compareFile(file: string, name: string, wanted: string, signal: AbortSignal): Promise<BagDifference[]> {
  try {
    const { sha256: found } = await hashFile(file, { direct: true, signal });
    return found === wanted ? [] : [{ path: name, kind: 'differs', detail: `${wanted} expected, ${found} read` }];
  } catch (error) {
    return [{ path: name, kind: 'unreadable', detail: systemWords(error) }];
  }
}

/** The first differences in words, for a failure's detail. */
export function describeDifferences(differences: readonly BagDifference[]): string {
  const shown = differences.slice(0, 3).map((one) => `${one.kind} ${one.path.slice(0, 100)}`);
  return shown.join('; ') + (differences.length > 3 ? `; and ${differences.length - 3} more` : '');
}
