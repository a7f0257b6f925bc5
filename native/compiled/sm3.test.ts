import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addonHere, hasToolchain } from '../../fixtures/copy-lab.ts';

type Tail<T> = T extends [unknown, ...infer Rest] ? Rest : never;

const MODES = [...(hasToolchain ? addonHere().sm3Lanes : []), 'never', 'several'];

/** GB/T 32905-2016, appendix A (GM/T 0004-2012 has the same two). */
const PUBLISHED = [
  ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
  ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
] as const;

/** Bytes without a pattern that any block or lane could share with another. */
const noise = randomBytes(4 << 20);
const openssl = (pieces: readonly Uint8Array[]) => {
  const hash = createHash('sm3');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
};

if (hasToolchain)
  describe('SM3 of the native engine', () => {
    const addon = addonHere();
    const digests = (...[streams, lanes, threads]: Tail<Parameters<typeof addon.digests>>) => addon.digests('sm3', streams, lanes, threads);

    test.each(MODES)('the published examples, lanes %s', (lanes) => {
      const streams = PUBLISHED.map(([text]) => [Buffer.from(text)]);
      expect(digests(streams, lanes, 1)).toEqual(PUBLISHED.map(([, digest]) => digest));
    });

    test.each(MODES)('every length up to four blocks, and around a block of the engine, lanes %s', (lanes) => {
      const lengths = [...Array(260).keys(), (1 << 20) - 1, 1 << 20];
      const streams = lengths.map((length) => [noise.subarray(length, 2 * length)]);
      expect(digests(streams, lanes, 2)).toEqual(streams.map(openssl));
    });

    test('any number of streams of any lengths in any pieces are what OpenSSL makes of them', () => {
      const piece = fc.record({ from: fc.nat(3 << 20), length: fc.oneof(fc.nat(200), fc.nat(70_000), fc.constantFrom(63, 64, 65, 128, 4096)) });
      const streams = fc.array(fc.array(piece, { maxLength: 12 }), { minLength: 1, maxLength: 20 });
      fc.assert(
        fc.property(streams, fc.constantFrom(...MODES), fc.integer({ min: 1, max: 4 }), (described, lanes, threads) => {
          const given = described.map((pieces) => pieces.map(({ from, length }) => noise.subarray(from, from + length)));
          expect(digests(given, lanes, threads)).toEqual(given.map(openssl));
        }),
        { numRuns: 300 },
      );
    });

    test('more than 512 MB in one stream: the length in bits needs more than 32 of them', () => {
      const pieces = Array.from({ length: 520 }, () => noise.subarray(0, 1 << 20));
      expect(digests([pieces], 'never', 1)).toEqual([openssl(pieces)]);
      expect(digests(Array(8).fill(pieces), addon.sm3Lanes[0] ?? 'never', 1)).toEqual(Array(8).fill(openssl(pieces)));
    });
  });

test('the native engine is tried wherever it can be built', () => {
  expect(hasToolchain ? addonHere().id : 'portable').toMatch(/^native-1 sources-[0-9a-f]{12} libcrypto-|^portable$/);
});
