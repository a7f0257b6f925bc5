import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backOffMs, LONGEST_BACK_OFF_MS, MOST_AT_ONCE, narrower, rateAt, wider } from './pace.pure.ts';

const hours = Array.from({ length: 24 }, (_, hour) => hour);

describe('caps by the hour', () => {
  test('hold from their first hour to their last, over midnight too, and the lowest of them counts', () => {
    const day = { fromHour: 8, toHour: 18, bytesPerSecond: 1_000_000 };
    const night = { fromHour: 22, toHour: 6, bytesPerSecond: 0 };
    const noon = { fromHour: 12, toHour: 13, bytesPerSecond: 500_000 };
    expect(hours.map((hour) => rateAt([day, night, noon], hour))).toEqual([
      ...[0, 0, 0, 0, 0, 0, null, null],
      ...[1_000_000, 1_000_000, 1_000_000, 1_000_000, 500_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000],
      ...[null, null, null, null, 0, 0],
    ]);
    expect(hours.every((hour) => rateAt([{ fromHour: 0, toHour: 24, bytesPerSecond: 16_000 }], hour) === 16_000)).toBe(true);
    expect(rateAt([], 3)).toBeNull();
  });
});

test('a wait after failures is anything up to a limit that doubles, and never over half an hour', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const most = backOffMs(failures, 1);
      expect(backOffMs(failures, random)).toBe(Math.round(random * most));
      expect(most).toBeLessThanOrEqual(LONGEST_BACK_OFF_MS);
      expect(backOffMs(failures + 1, 1)).toBe(Math.min(LONGEST_BACK_OFF_MS, 2 * most));
    }),
  );
});

test('how many go at once grows by one each round while all goes well, and halves at a failure', () => {
  let width = 1;
  for (const expected of [2, 2.5, 2.9]) {
    width = wider(width);
    expect(width).toBeCloseTo(expected, 1);
  }
  for (let n = 0; n < 100; n += 1) width = wider(width);
  expect(width).toBe(MOST_AT_ONCE);
  expect(narrower(width)).toBe(MOST_AT_ONCE / 2);
  expect(narrower(narrower(narrower(width)))).toBe(1);
});
