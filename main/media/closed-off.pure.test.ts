import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closedOff } from './closed-off.pure.ts';
import { type Clip, groupClips, TOLERANCE_MS } from './group.pure.ts';

const clip = (itemId: string, startMs: number | null, durationMs: number | null, sequence: number | null = null): Clip => ({
  itemId,
  officer: null,
  startMs,
  durationMs,
  sequence,
});
const ids = (clips: readonly Clip[]) => clips.map((one) => one.itemId).join('');

test('a recording is closed off once the next thing to come starts after its end', () => {
  const clips = [clip('a', 0, 60_000), clip('b', 60_000, 60_000), clip('c', 300_000, 60_000)];
  expect(ids(closedOff(clips, 0))).toBe('');
  expect(ids(closedOff(clips, 120_000 + TOLERANCE_MS))).toBe('');
  expect(ids(closedOff(clips, 120_001 + TOLERANCE_MS))).toBe('ab');
  expect(ids(closedOff(clips, 310_000))).toBe('ab');
  expect(ids(closedOff(clips, Number.POSITIVE_INFINITY))).toBe('abc');
});

test('a clip whose end is cut off may have lasted as long as the longest', () => {
  expect(ids(closedOff([clip('a', 0, null, 1)], 30 * 60_000))).toBe('');
  expect(ids(closedOff([clip('a', 0, null, 1)], 31 * 60_000))).toBe('a');
  expect(ids(closedOff([clip('x', -1e9, 40 * 60_000), clip('a', 0, null, 1)], 31 * 60_000))).toBe('x');
});

test('a clip without a start waits until nothing is to come', () => {
  expect(ids(closedOff([clip('a', null, 1000)], 1e12))).toBe('');
  expect(ids(closedOff([clip('a', null, 1000)], Number.POSITIVE_INFINITY))).toBe('a');
});

const someClip = (prefix: string, startMs: fc.Arbitrary<number | null>) =>
  fc.record({
    itemId: fc.uuid().map((id) => prefix + id),
    officer: fc.constantFrom('x', 'y', null),
    startMs,
    durationMs: fc.option(fc.integer({ min: 0, max: 40_000 }), { freq: 20 }),
    sequence: fc.option(fc.nat(9)),
  });

test('whatever comes, what is closed off is grouped in the same way with it', () => {
  let closedOnes = 0;
  fc.assert(
    fc.property(
      fc.array(someClip('s', fc.option(fc.integer({ min: 0, max: 300_000 }))), { maxLength: 10 }),
      fc.integer({ min: 0, max: 300_000 }).chain((from) =>
        fc.record({
          from: fc.constant(from),
          coming: fc.array(someClip('c', fc.integer({ min: from, max: from + 30_000 })), { maxLength: 6 }),
        }),
      ),
      (settled, { from, coming }) => {
        const closed = closedOff(settled, coming.length > 0 ? from : Number.POSITIVE_INFINITY);
        closedOnes += closed.length;
        const all = groupClips([...settled, ...coming]).map((group) => ids(group.clips));
        expect(all).toEqual(expect.arrayContaining(groupClips(closed).map((group) => ids(group.clips))));
      },
    ),
    { numRuns: 2000 },
  );
  expect(closedOnes).toBeGreaterThan(1000);
});

test('clips that go on from one another are never cut apart', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 2, maxLength: 8 }), fc.nat(60_000), (lengths, from) => {
      let startMs = 0;
      const clips = lengths.map((length, n) => {
        const one = clip(String.fromCharCode(97 + n), startMs, length, n);
        startMs += length + 40;
        return one;
      });
      expect([0, clips.length]).toContain(closedOff(clips, from).length);
    }),
  );
});
