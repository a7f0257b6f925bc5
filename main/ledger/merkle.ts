import { createHash } from 'node:crypto';

/** Merkle tree hash and audit paths as in RFC 6962 section 2.1, over the entries' 32-byte hashes. All values are hex. */

/** Root of the tree over `leaves` (each 64 hex digits), which must not be empty. */
export function merkleRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) throw new RangeError('a tree needs at least one leaf');
  return subtree(leaves.map(leafHash)).toString('hex');
}

/** The audit path of leaf `index`: sibling hashes from the leaf up. */
export function inclusionPath(leaves: readonly string[], index: number): string[] {
  if (index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index}`);
  return pathIn(leaves.map(leafHash), index).map((hash) => hash.toString('hex'));
}

/** Whether `path` leads from the leaf at `index` of a tree of `size` leaves to `root` (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(leaf: string, index: number, size: number, path: readonly string[], root: string): boolean {
  if (index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leafHash(leaf);
  for (const step of path) {
    if (last === 0) return false;
    const sibling = Buffer.from(step, 'hex');
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hash.toString('hex') === root;
}

function leafHash(leaf: string): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(Buffer.from(leaf, 'hex')).digest();
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
}

/** Largest power of two smaller than `count`, where RFC 6962 splits a tree. */
function splitAt(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

function subtree(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 1) return hashes[0] as Buffer;
  const split = splitAt(hashes.length);
  return nodeHash(subtree(hashes.slice(0, split)), subtree(hashes.slice(split)));
}

function pathIn(hashes: readonly Buffer[], index: number): Buffer[] {
  if (hashes.length === 1) return [];
  const split = splitAt(hashes.length);
  return index < split
    ? [...pathIn(hashes.slice(0, split), index), subtree(hashes.slice(split))]
    : [...pathIn(hashes.slice(split), index - split), subtree(hashes.slice(0, split))];
}
