import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Clip, groupClips } from './group.pure.ts';

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

test('a clip whose end is cut off joins by its number', () => {
  expect(ids([clip('a', 0, 60_000, 1), clip('b', 60_000, null, 2), clip('c', 120_000, 5000, 3)])).toEqual(['abc']);
  expect(groupClips([clip('a', 0, 60_000, 1), clip('b', 60_000, null, 2)])[0]?.durationMs).toBeNull();
});

test('a clip whose start nobody knows is a recording of its own', () => {
  expect(ids([clip('a', null, 1000), clip('b', null, 1000)]).length).toBe(2);
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
    fc.property(clips, (all) => {
      const groups = groupClips(all);
      expect(groups.flatMap((group) => group.clips.map((one) => one.itemId)).sort()).toEqual(all.map((one) => one.itemId).sort());
      for (const group of groups) expect(new Set(group.clips.map((one) => one.officer)).size).toBe(1);
      expect(groupClips([...all].reverse())).toEqual(groups);
    }),
  );
});
