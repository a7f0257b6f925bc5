import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clip, groupClips, TOLERANCE_MS } from './group.pure.ts';

const clip = (
  itemId: string,
  startMs: number | null,
  durationMs: number | null,
  sequence: number | null = null,
  officer: string | null = null,
): Clip => ({
  itemId,
  officer,
  startMs,
  durationMs,
  sequence,
});
const ids = (clips: Clip[]) => groupClips(clips).map((group) => group.clips.map((one) => one.itemId).join(''));

test('clips that follow one another within a second are one recording', () => {
  expect(ids([clip('a', 0, 60_000), clip('b', 60_040, 60_000), clip('c', 200_000, 1000)])).toEqual(['ab', 'c']);
});

test('clips 0.04 s apart stay together however their names cut the seconds off', () => {
  const cut = (ms: number) => Math.floor(ms / 1000) * 1000;
  expect(ids([clip('a', cut(970), 9990), clip('b', cut(970 + 9990 + 40), 9990)])).toEqual(['ab']);
  fc.assert(
    fc.property(fc.nat(999), fc.integer({ min: 1000, max: 600_000 }), fc.nat(40), (offset, length, gap) => {
      expect(ids([clip('a', cut(offset), length), clip('b', cut(offset + length + gap), length)])).toEqual(['ab']);
    }),
  );
});

test('a gap of more than about a second starts a new recording, an overlap of more than that too', () => {
  fc.assert(
    fc.property(fc.integer({ min: TOLERANCE_MS + 1, max: 10_000_000 }), fc.boolean(), (gap, early) => {
      const second = 20_000_000 + (early ? -gap : gap);
      expect(groupClips([clip('a', 0, 20_000_000), clip('b', second, 1000)])).toHaveLength(2);
    }),
  );
});

test('a clip whose end is cut off joins by its number', () => {
  expect(ids([clip('a', 0, 60_000, 1), clip('b', 60_000, null, 2), clip('c', 120_000, 5000, 3)])).toEqual(['abc']);
  expect(groupClips([clip('a', 0, 60_000, 1), clip('b', 60_000, null, 2)])[0]?.durationMs).toBeNull();
});

test('a clip whose end is cut off does not join by its start alone, nor by its number alone', () => {
  expect(ids([clip('a', 0, 60_000, 1), clip('b', 60_000, null, 3)])).toEqual(['a', 'b']);
  expect(ids([clip('a', 0, 60_000), clip('b', 60_000, null)])).toEqual(['a', 'b']);
  expect(ids([clip('a', 0, 60_000, 1), clip('b', 90_000, null, 2)])).toEqual(['a', 'b']);
});

test('what was recorded hours after a clip cut off by a flat battery is not the same recording', () => {
  expect(ids([clip('a', 0, null, 1), clip('b', 20 * 3_600_000, 60_000, 2)])).toEqual(['a', 'b']);
  // Beside clips of a minute, one of unknown length can not have lasted ten.
  expect(ids([clip('a', 0, 60_000, 1), clip('b', 60_000, null, 2), clip('c', 660_000, 60_000, 3)])).toEqual(['ab', 'c']);
});

test('two streams that a camera records side by side are two recordings, not one of each clip', () => {
  const both = [clip('a', 0, 60_000, 1), clip('b', 60_000, 60_000, 3), clip('c', 0, 60_000, 2), clip('d', 60_000, 60_000, 4)];
  expect(groupClips(both).map((group) => group.clips.length)).toEqual([2, 2]);
});

test('a clip whose start nobody knows is a recording of its own', () => {
  expect(ids([clip('a', null, 1000), clip('b', null, 1000)]).length).toBe(2);
});

test('a recording lasts from its first start to its last end', () => {
  expect(groupClips([clip('a', 0, 60_000), clip('b', 60_040, 30_000)])[0]?.durationMs).toBe(90_040);
  expect(groupClips([clip('a', null, 1000)])[0]?.durationMs).toBe(1000);
});

test('fifty thousand clips that all overlap are grouped without looking at every pair', () => {
  const clips = Array.from({ length: 50_000 }, (_, n) => clip(`${n}`, n, 3_600_000, null));
  const orphans = Array.from({ length: 50_000 }, (_, n) => clip(`x${n}`, n * 1000, null, n));
  expect(groupClips(clips)).toHaveLength(50_000);
  expect(groupClips(orphans).flatMap((group) => group.clips)).toHaveLength(50_000);
});

test('every clip is in exactly one group, officers never mix, and order does not matter', () => {
  const clips = fc.uniqueArray(
    fc.record({
      itemId: fc.uuid(),
      officer: fc.constantFrom('x', 'y', null),
      startMs: fc.option(fc.integer({ min: 0, max: 20_000 })),
      durationMs: fc.option(fc.integer({ min: 0, max: 5000 })),
      sequence: fc.option(fc.nat(9)),
    }),
    { selector: (one) => one.itemId, maxLength: 12 },
  );
  fc.assert(
    fc.property(
      clips.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        const groups = groupClips(all);
        expect(groups.flatMap((group) => group.clips.map((one) => one.itemId)).sort()).toEqual(all.map((one) => one.itemId).sort());
        for (const group of groups) expect(new Set(group.clips.map((one) => one.officer)).size).toBe(1);
        expect(groupClips(shuffled)).toEqual(groups);
      },
    ),
    { numRuns: 500 },
  );
});
