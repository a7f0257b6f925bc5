import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import createXxhash from 'xxhash-wasm';
import { addonHere, hasToolchain } from '../../fixtures/copy-lab.ts';

/** RFC 1321, appendix A.5, and the vectors of the xxHash specification's own test (seed 0). */
const PUBLISHED = [
  ['md5', '', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['md5', 'abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['md5', '1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
  ['xxh64', '', 'ef46db3751d8e999'],
  ['xxh64', 'a', 'd24ec4f1a98c6e5b'],
  ['xxh64', 'abc', '44bc2cf5ad770999'],
  ['xxh64', 'Nobody inspects the spammish repetition', 'fbcea83c8a378bf1'],
] as const;

const noise = randomBytes(4 << 20);
const { create64 } = await createXxhash();

/** What OpenSSL and another implementation of XXH64 make of it. */
const others = {
  md5: (pieces: readonly Uint8Array[]) => pieces.reduce((hash, piece) => hash.update(piece), createHash('md5')).digest('hex'),
  xxh64: (pieces: readonly Uint8Array[]) =>
    pieces
      .reduce((hash, piece) => hash.update(piece), create64())
      .digest()
      .toString(16)
      .padStart(16, '0'),
};

test.each(PUBLISHED)('the other %s of %j is the published one', (hash, text, digest) => {
  expect(others[hash]([Buffer.from(text)])).toBe(digest);
});

if (hasToolchain)
  describe('MD5 and XXH64 of the native engine', () => {
    const { digests } = addonHere();

    test.each(PUBLISHED)('%s of %j is the published one', (hash, text, digest) => {
      expect(digests(hash, [[Buffer.from(text)]], 'several', 1)).toEqual([digest]);
    });

    test.each(['md5', 'xxh64'] as const)('%s of every length up to eight stripes, and around a block of the engine', (hash) => {
      const lengths = [...Array(260).keys(), (1 << 20) - 1, 1 << 20];
      const streams = lengths.map((length) => [noise.subarray(length, 2 * length)]);
      expect(digests(hash, streams, 'several', 2)).toEqual(streams.map(others[hash]));
    });

    test.each(['md5', 'xxh64'] as const)('%s of any streams in any pieces is what another library makes of them', (hash) => {
      const piece = fc.record({ from: fc.nat(3 << 20), length: fc.oneof(fc.nat(200), fc.nat(70_000), fc.constantFrom(31, 32, 33, 63, 64, 65)) });
      const streams = fc.array(fc.array(piece, { maxLength: 12 }), { minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(streams, fc.integer({ min: 1, max: 4 }), (described, threads) => {
          const given = described.map((pieces) => pieces.map(({ from, length }) => noise.subarray(from, from + length)));
          expect(digests(hash, given, 'several', threads)).toEqual(given.map(others[hash]));
        }),
        { numRuns: 200 },
      );
    });

    test('more than 512 MB in one stream: the length in bits needs more than 32 of them', () => {
      const pieces = Array.from({ length: 520 }, () => noise.subarray(0, 1 << 20));
      for (const hash of ['md5', 'xxh64'] as const) expect(digests(hash, [pieces], 'several', 1)).toEqual([others[hash](pieces)]);
    });
  });
