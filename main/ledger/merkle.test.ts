import fc from 'fast-check';
import { expect, test } from 'vitest';
import { merkleTree, verifyInclusion } from './merkle.ts';

/** Leaves and roots of the reference implementation of RFC 6962. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('a tree of each size has the root that the reference implementation gives', () => {
  expect(LEAVES.map((_, n) => merkleTree(LEAVES.slice(0, n + 1)).root)).toEqual(ROOTS);
  expect(() => merkleTree([])).toThrow(RangeError);
});

test('the path of every leaf leads to the root, and to none from another place or for another leaf', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, a, b) => {
      const leaves = Array.from({ length: size }, (_, n) => n.toString(16).padStart(64, '0'));
      const { root, path } = merkleTree(leaves);
      const [index, other] = [a % size, b % size];
      expect(verifyInclusion(leaves[index] as string, index, size, path(index), root)).toBe(true);
      expect(verifyInclusion(leaves[other] as string, index, size, path(index), root)).toBe(other === index);
      expect(() => path(size)).toThrow(RangeError);
    }),
  );
});
