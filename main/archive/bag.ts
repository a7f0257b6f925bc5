import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Entry } from '../contract/entries/index.ts';
import { failed, type Result } from '../contract/errors.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Custody } from './custody.ts';
import type { HashedFile, Outgoing } from './file-io.ts';
import { type FileReader, inParallel } from './file-reader.ts';
import { type FileTree, folderOf } from './file-tree.ts';
import { isFreed } from './freed.ts';
import type { Pace } from './pace.ts';

/** One original as it stands in a bag. */
export type BagItem = {
  itemId: string;
  /** Path in the bag, ASCII: `data/0001-<item-id>.mp4`. */
  file: string;
  source: string;
  sizeBytes: number;
  sha256: string;
  sm3: string;
  /** Of items that were stored while policy asked for them. */
  md5?: string | undefined;
  xxh64?: string | undefined;
  /** The item's entry in `evidock/items.json`. */
  facts: Record<string, unknown>;
};

/**
 * The originals of a unit with their places in a bag, below `data/<prefix>`. Fails with a `vault.*` code when one cannot
 * be found; no original is read yet.
 */
export function bagItems(ledger: Ledger, vault: Vault, unit: Entry<'unit.closed'>, prefix = ''): Result<BagItem[]> {
  const items: BagItem[] = [];
  for (const [n, { itemId, role, damaged, durationMs }] of unit.body.items.entries()) {
    const stored = latestEntry(ledger.reader, 'item.stored', itemId);
    const source = vault.originalPath(itemId);
    const sidecar = vault.readSidecar(itemId);
    if (!stored) return failed('vault.unexpected', itemId, 'no entry');
    if (!source.ok) return source;
    if (isFreed(ledger.reader, itemId)) return failed('vault.item-freed', itemId);
    if (!sidecar.ok) return sidecar;
    const { sizeBytes, sha256, sm3, md5, xxh64, extension } = stored.body;
    const file = `data/${prefix}${String(n + 1).padStart(4, '0')}-${itemId}${extension === '' ? '' : `.${extension}`}`;
    const { path: originalPath, pathRaw } = sidecar.value.source;
    const facts = {
      file,
      itemId,
      unitId: unit.subject.id,
      role,
      damaged,
      durationMs,
      originalPath,
      pathRaw,
      camera: sidecar.value.camera,
      ...stored.body,
    };
    items.push({ itemId, file, source: source.value, sizeBytes, sha256, sm3, md5, xxh64, facts });
  }
  return { ok: true, value: items };
}

/** What goes into a bag beside its payload. */
export type BagContent = {
  items: readonly BagItem[];
  custody: Custody;
  /** Elements of `bag-info.txt`, beside those every bag has. */
  info: readonly (readonly [string, string])[];
  /** Further tag files: path in the bag and content. */
  tags: Readonly<Record<string, string>>;
  /** At which originals are read to be sent. */
  pace?: Pace;
};

/** A file of a bag: an original, whose bytes lie in the vault, or a tag file made here. */
export type BagFile = { name: string; sizeBytes: number; sha256: string } & (({ itemId: string } & Outgoing) | { text: string });

/** Name of the file that declares a bag; without it there is none. */
export const BAG_DECLARATION = 'bagit.txt';

/**
 * The files of a BagIt bag (RFC 8493) in the order they are to be written: payload, manifest-sha256, tag files,
 * tagmanifest-sha256, and the declaration last, because it makes them a bag.
 */
export function bagFiles(content: BagContent): BagFile[] {
  const declaration = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
  const tags = tagFiles(content);
  const tagManifest = Object.entries({ ...tags, [BAG_DECLARATION]: declaration }).map(([name, text]) => `${sha256(text)}  ${name}\n`);
  const texts = { ...tags, 'tagmanifest-sha256.txt': tagManifest.join(''), [BAG_DECLARATION]: declaration };
  return [
    ...content.items.map(({ itemId, file, source, sizeBytes, sha256 }) => ({ name: file, itemId, source, sizeBytes, sha256, pace: content.pace })),
    ...Object.entries(texts).map(([name, text]) => ({ name, text, sizeBytes: Buffer.byteLength(text), sha256: sha256(text) })),
  ];
}

/**
 * Writes a bag into a folder, every file and folder flushed, so many files at once. Payload that lies there already with the right
 * bytes, from an attempt that was cut off, is kept. Fails with `vault.item-differs` when an original is no longer what the ledger
 * says. Throws the signal's reason when it aborts; what was written stays for the next attempt.
 */
export async function writeBag(
  tree: FileTree,
  folder: string,
  files: readonly BagFile[],
  { atOnce = 1, signal }: { atOnce?: number; signal?: AbortSignal | undefined } = {},
): Promise<Result<null>> {
  await tree.makeFolder(folder);
  const written = await inParallel(atOnce, files.slice(0, -1), (file) => writeBagFile(tree, folder, file, signal));
  if (!written.ok) return written;
  // What is declared to be a bag has to be one, whatever happens next.
  await tree.flushFolder(folder);
  return await writeBagFile(tree, folder, files.at(-1) as BagFile, signal);
}

async function writeBagFile(tree: FileTree, folder: string, file: BagFile, signal?: AbortSignal): Promise<Result<null>> {
  const target = `${folder}/${file.name}`;
  await tree.makeFolder(folderOf(target));
  if ('text' in file) {
    await tree.write(target, file.text);
    await tree.flushFolder(folderOf(target));
    return { ok: true, value: null };
  }
  const copied = await tree.copy(file, target, signal);
  if (!copied) return failed('vault.item-missing', file.itemId, 'its bytes can not be read');
  await tree.flushFolder(folderOf(target));
  return itemDiffers(file, copied.sha256) ?? { ok: true, value: null };
}

function tagFiles({ items, custody, info, tags }: BagContent): Record<string, string> {
  const octets = items.reduce((sum, item) => sum + item.sizeBytes, 0);
  const elements = [['Bag-Software-Agent', 'Evidock'], ['Payload-Oxum', `${octets}.${items.length}`], ...info];
  return {
    'bag-info.txt': elements.map(([label, value]) => `${label}: ${value}\n`).join(''),
    'manifest-sha256.txt': items.map((item) => `${item.sha256}  ${item.file}\n`).join(''),
    'evidock/sm3sums.txt': items.map((item) => `${item.sm3}  ${item.file}\n`).join(''),
    ...extraSums(items),
    'evidock/items.json': `${JSON.stringify(
      items.map((item) => item.facts),
      null,
      1,
    )}\n`,
    'evidock/custody.jsonl': custody.lines.map((line) => `${line}\n`).join(''),
    'evidock/segments.jsonl': custody.closings.map((line) => `${line}\n`).join(''),
    ...tags,
  };
}

/**
 * MD5 and XXH64 for those who check by them, in the form of md5sum and xxhsum. A payload manifest has to list every file of the
 * bag (RFC 8493, 2.1.3): an MD5 list that does not is a tag file, as that of XXH64 always is, which BagIt does not know.
 */
function extraSums(items: readonly BagItem[]): Record<string, string> {
  const sums = (hash: 'md5' | 'xxh64') => items.flatMap((item) => (item[hash] ? [`${item[hash]}  ${item.file}\n`] : []));
  const [md5, xxh64] = [sums('md5'), sums('xxh64')];
  return {
    ...(md5.length > 0 ? { [md5.length === items.length ? 'manifest-md5.txt' : 'evidock/md5sums.txt']: md5.join('') } : {}),
    ...(xxh64.length > 0 ? { 'evidock/xxh64sums.txt': xxh64.join('') } : {}),
  };
}

/** The failure of an original that is no longer what the ledger says; null when it is. */
export function itemDiffers({ itemId, sha256 }: { itemId: string; sha256: string }, read: string) {
  return read === sha256 ? null : failed('vault.item-differs', itemId, `${read} read, ${sha256} recorded`);
}

/** Hash of a file as the device holds it; null when it cannot be read, or `signal` ended the reading. */
export type HashAtRest = (file: string, signal?: AbortSignal) => Promise<HashedFile | null>;

/** A bag as it was read back: all its files by path in the bag, the payload among them, and the hashes of its two manifests. */
export type ReadBag = {
  files: Map<string, HashedFile>;
  payload: Map<string, HashedFile>;
  manifestSha256: string;
  tagManifestSha256: string;
};

/**
 * Reads a bag in full and checks it against its own manifests: every listed file is there with its hash, and nothing
 * else is. Fails with `destination.read-back-differs` naming the first file that is not as it should be. Throws the signal's
 * reason when it aborts: what was not read to its end differs from nothing.
 */
export async function readBag(reader: FileReader, bag: string, atOnce = 1, signal?: AbortSignal): Promise<Result<ReadBag>> {
  const wrong = (what: string) => failed('destination.read-back-differs', `${path.basename(bag)}/${what}`);
  const [manifest, tagManifest] = [await reader.text(`${bag}/manifest-sha256.txt`), await reader.text(`${bag}/tagmanifest-sha256.txt`)];
  if (manifest === null) return wrong('manifest-sha256.txt');
  if (tagManifest === null) return wrong('tagmanifest-sha256.txt');
  const [listed, tags] = [parseManifest(manifest), parseManifest(tagManifest)];
  if (!tags.has(BAG_DECLARATION)) return wrong(BAG_DECLARATION);
  const files: ReadBag['files'] = new Map();
  const read = await inParallel(atOnce, [...tags, ...listed], async ([name, expected]) => {
    signal?.throwIfAborted();
    const found = await reader.hash(`${bag}/${name}`, signal);
    signal?.throwIfAborted();
    if (found?.sha256 !== expected) return wrong(name);
    files.set(name, found);
    return { ok: true, value: null };
  });
  if (!read.ok) return read;
  for await (const file of reader.list(`${bag}/data`)) {
    const name = file.slice(bag.length + 1);
    if (!listed.has(name)) return wrong(name);
  }
  const payload: ReadBag['payload'] = new Map([...files].filter(([name]) => listed.has(name)));
  files.set('tagmanifest-sha256.txt', { sha256: sha256(tagManifest), sizeBytes: Buffer.byteLength(tagManifest) });
  return { ok: true, value: { files, payload, manifestSha256: sha256(manifest), tagManifestSha256: sha256(tagManifest) } };
}

/** Path and hash of each line of a BagIt manifest. Only plain relative paths count; anything else is left out, and then missing. */
export function parseManifest(text: string): Map<string, string> {
  const entries = text.split('\n').flatMap((line) => {
    const [, hash, file] = /^([0-9a-f]{64}) [ *]?([A-Za-z0-9._][A-Za-z0-9._/-]*)$/.exec(line) ?? [];
    return hash && file && !file.split('/').includes('..') ? [[file, hash] as const] : [];
  });
  return new Map(entries);
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
