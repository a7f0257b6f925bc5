import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import createXxhash from 'xxhash-wasm';
import { type BagItem, bagFiles, readBag, writeBag } from './bag.ts';
import { folderReader, localTree } from './folder-backend.ts';

const XXH64 = await createXxhash();
const digest = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

let place: string;
beforeEach(() => {
  place = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-bag-'));
});
afterEach(() => fs.rmSync(place, { recursive: true }));

function item(n: number, extra: readonly ('md5' | 'xxh64')[]): BagItem {
  const text = `the bytes of original ${n}`;
  const source = path.join(place, `original-${n}`);
  fs.writeFileSync(source, text);
  return {
    itemId: `item-${n}`,
    file: `data/000${n}-item-${n}.mp4`,
    source,
    sizeBytes: text.length,
    sha256: digest('sha256', text),
    sm3: digest('sm3', text),
    ...(extra.includes('md5') ? { md5: digest('md5', text) } : {}),
    ...(extra.includes('xxh64') ? { xxh64: XXH64.h64ToString(text) } : {}),
    facts: {},
  };
}

const sha256At = async (file: string) => {
  const bytes = await fs.promises.readFile(file).catch(() => null);
  return bytes && { sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
};

/** Writes a bag of these, checks it by itself and with the system's tools, and says which lists of hashes it has. */
async function listsOf(items: readonly BagItem[]): Promise<Record<string, string>> {
  const folder = path.join(place, 'bag');
  expect(await writeBag(localTree(place, sha256At), 'bag', bagFiles({ items, custody: { lines: [], closings: [] }, info: [], tags: {} }))).toEqual({
    ok: true,
    value: null,
  });
  expect(await readBag(folderReader(place, sha256At), 'bag')).toMatchObject({ ok: true });
  const names = fs.globSync('{,evidock/}{manifest-*,*sums}.txt', { cwd: folder }).sort();
  const tool = (name: string) => (name.includes('sha256') ? 'sha256sum' : name.includes('md5') ? 'md5sum' : null);
  for (const name of names) if (tool(name)) execFileSync(tool(name) as string, ['--check', '--strict', '--quiet', name], { cwd: folder });
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]));
}

const ALWAYS = ['evidock/sm3sums.txt', 'manifest-sha256.txt'];

test('without further hashes there is no further list', async () => {
  expect(Object.keys(await listsOf([item(1, []), item(2, [])]))).toEqual(ALWAYS);
});

test('MD5 of every file is a payload manifest, XXH64 a list beside it', async () => {
  const items = [item(1, ['md5', 'xxh64']), item(2, ['md5', 'xxh64'])];
  const lists = await listsOf(items);
  expect(Object.keys(lists)).toEqual([...ALWAYS, 'evidock/xxh64sums.txt', 'manifest-md5.txt'].sort());
  expect(lists['manifest-md5.txt']).toBe(items.map((one) => `${one.md5}  ${one.file}\n`).join(''));
  expect(lists['evidock/xxh64sums.txt']).toBe(items.map((one) => `${one.xxh64}  ${one.file}\n`).join(''));
});

test('MD5 of some files is no payload manifest, which would have to list them all', async () => {
  const items = [item(1, ['md5']), item(2, ['xxh64'])];
  const lists = await listsOf(items);
  expect(Object.keys(lists)).toEqual([...ALWAYS, 'evidock/md5sums.txt', 'evidock/xxh64sums.txt'].sort());
  expect(lists['evidock/md5sums.txt']).toBe(`${items[0]?.md5}  ${items[0]?.file}\n`);
});
