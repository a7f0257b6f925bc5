import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Entry } from '../contract/entries/index.ts';
import { failed, type Result } from '../contract/errors.ts';
import { type Ledger, latestEntry } from '../ledger/index.ts';
import { flushFolder } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import type { Custody } from './custody.ts';
import { copyHashed, flushFile, hashFile, makeFolderFlushed, writeFlushed } from './file-io.ts';

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
};

/**
 * Writes a BagIt bag (RFC 8493) into a folder, every file and folder flushed: payload, manifest-sha256, tag files,
 * tagmanifest-sha256, `bagit.txt` last. Payload that lies there already with the right hash, from an attempt that was
 * cut off, is kept. Fails with `vault.item-differs` when an original is no longer what the ledger says. Throws the signal's
 * reason when it aborts; what was written stays for the next attempt.
 */
export async function writeBag(folder: string, content: BagContent, signal?: AbortSignal): Promise<Result<null>> {
  await makeFolderFlushed(folder);
  for (const item of content.items) {
    const wrong = await writePayload(folder, item, signal);
    if (wrong) return wrong;
  }
  const declaration = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
  const tags = { ...tagFiles(content), 'bagit.txt': declaration };
  const tagManifest = Object.entries(tags).map(([name, text]) => `${sha256(text)}  ${name}\n`);
  await makeFolderFlushed(path.join(folder, 'evidock'));
  for (const [name, text] of Object.entries({ ...tags, 'tagmanifest-sha256.txt': tagManifest.join('') })) {
    if (name !== 'bagit.txt') await writeFlushed(path.join(folder, name), text);
  }
  await flushFolder(path.join(folder, 'evidock'));
  await writeFlushed(path.join(folder, 'bagit.txt'), declaration);
  await flushFolder(folder);
  return { ok: true, value: null };
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

async function writePayload(folder: string, item: BagItem, signal?: AbortSignal) {
  const target = path.join(folder, item.file);
  await makeFolderFlushed(path.dirname(target));
  const present = fs.existsSync(target) ? await hashFile(target, signal) : null;
  if (present?.sha256 === item.sha256) {
    // The attempt that wrote it may have been killed before it flushed.
    await flushFile(target);
    await flushFolder(path.dirname(target));
    return null;
  }
  if (present) await fs.promises.rm(target);
  const copied = await copyHashed(item.source, target, signal);
  if (!copied) return failed('vault.item-missing', item.itemId, 'its bytes can not be read');
  await flushFolder(path.dirname(target));
  return copied.sha256 === item.sha256 ? null : failed('vault.item-differs', item.itemId, `${copied.sha256} read, ${item.sha256} recorded`);
}

/** Hash of a file as the device holds it; null when it cannot be read, or `signal` ended the reading. */
export type HashAtRest = (file: string, signal?: AbortSignal) => Promise<{ sha256: string; sizeBytes: number } | null>;

/** A bag as it was read back: its payload by path, and the hashes of its two manifests. */
export type ReadBag = {
  payload: Map<string, { sha256: string; sizeBytes: number }>;
  manifestSha256: string;
  tagManifestSha256: string;
};

/**
 * Reads a bag in full and checks it against its own manifests: every listed file is there with its hash, and nothing
 * else is. Fails with `destination.read-back-differs` naming the first file that is not as it should be. Throws the signal's
 * reason when it aborts: what was not read to its end differs from nothing.
 */
export async function readBag(folder: string, hashAtRest: HashAtRest, signal?: AbortSignal): Promise<Result<ReadBag>> {
  const wrong = (what: string) => failed('destination.read-back-differs', `${path.basename(folder)}/${what}`);
  if (!fs.existsSync(path.join(folder, 'bagit.txt'))) return wrong('bagit.txt');
  const manifest = await fs.promises.readFile(path.join(folder, 'manifest-sha256.txt'), 'utf8');
  const tagManifest = await fs.promises.readFile(path.join(folder, 'tagmanifest-sha256.txt'), 'utf8');
  const hashOf = async (file: string) => {
    signal?.throwIfAborted();
    const found = await hashAtRest(path.join(folder, file), signal);
    signal?.throwIfAborted();
    return found;
  };
  for (const [file, expected] of parseManifest(tagManifest)) {
    if ((await hashOf(file))?.sha256 !== expected) return wrong(file);
  }
  const payload: ReadBag['payload'] = new Map();
  for (const [file, expected] of parseManifest(manifest)) {
    const found = await hashOf(file);
    if (found?.sha256 !== expected) return wrong(file);
    payload.set(file, found);
  }
  const extra = (await listFiles(path.join(folder, 'data'))).find((file) => !payload.has(`data/${file}`));
  if (extra) return wrong(`data/${extra}`);
  return { ok: true, value: { payload, manifestSha256: sha256(manifest), tagManifestSha256: sha256(tagManifest) } };
}

/** Path and hash of each line of a BagIt manifest. Only plain relative paths count; anything else is left out, and then missing. */
export function parseManifest(text: string): Map<string, string> {
  const entries = text.split('\n').flatMap((line) => {
    const [, hash, file] = /^([0-9a-f]{64}) [ *]?([A-Za-z0-9._][A-Za-z0-9._/-]*)$/.exec(line) ?? [];
    return hash && file && !file.split('/').includes('..') ? [[file, hash] as const] : [];
  });
  return new Map(entries);
}

/** Relative paths of all files below a folder. */
export async function listFiles(folder: string): Promise<string[]> {
  if (!fs.existsSync(folder)) return [];
  const entries = await fs.promises.readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
