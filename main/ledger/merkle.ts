import { createHash } from 'node:crypto';

/** Merkle tree hash and audit paths as in RFC 6962 section 2.1, over the entries' 32-byte hashes. All values are hex. */

/** The tree over `leaves` (each hex), which must not be empty: every node is hashed once, and every path read off. */
export function merkleTree(leaves: readonly string[]): {
  root: string /** Sibling hashes of leaf `index`, from the leaf up. */;
  path(index: number): string[];
} {
  let level = leaves.map(leafHash);
  if (level.length === 0) throw new RangeError('a tree needs at least one leaf');
  const levels = [level];
  // Splitting at the largest power of two, as the RFC does, is pairing neighbours and taking an odd last one up as it is.
  while (level.length > 1) {
    level = level.flatMap((left, n) => (n % 2 === 1 ? [] : [n + 1 < level.length ? nodeHash(left, level[n + 1] as Buffer) : left]));
    levels.push(level);
  }
  return {
    root: (level[0] as Buffer).toString('hex'),
    path(index) {
      if (index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index}`);
      return levels.flatMap((nodes, height) => nodes[Math.floor(index / 2 ** height) ^ 1]?.toString('hex') ?? []);
    },
  };
}

/** Root of the tree over `leaves` (each hex), which must not be empty. */
export function merkleRoot(leaves: readonly string[]): string {
  return merkleTree(leaves).root;
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
