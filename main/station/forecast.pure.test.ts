import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forecast, LEAST_MEASURED_MS } from './forecast.pure.ts';

const HOUR_MS = 3_600_000;
const MONDAY = Date.parse('2026-03-02T00:00:00Z');
const GB = 1_000_000_000;

/** So many hours of a disk that loses so much an hour. */
const falling = (hours: number, freeBytes: number, perHour: number, noise: (n: number) => number = () => 0) =>
  Array.from({ length: hours + 1 }, (_, n) => ({ atMs: MONDAY + n * HOUR_MS, freeBytes: freeBytes - n * perHour + noise(n) }));

test('a disk that loses 24 GB a day and has 72 GB left above its reserve on Monday is full on Thursday', () => {
  const found = forecast(falling(24, 100 * GB, GB), 4 * GB);
  // Monday's 24 GB are gone by then.
  expect(found).toEqual({ growthBytes: 24 * GB, measuredMs: 24 * HOUR_MS, fullAtMs: MONDAY + 96 * HOUR_MS });
  expect(new Date(found?.fullAtMs ?? 0).getUTCDay()).toBe(5);
});

test('a shift that fills it and a night that does not are both in the line', () => {
  const days = Array.from({ length: 7 * 24 + 1 }, (_, n) => {
    const shift = Math.floor(n / 24) * 8 + Math.min(8, n % 24);
    return { atMs: MONDAY + n * HOUR_MS, freeBytes: 1000 * GB - shift * GB };
  });
  const found = forecast(days, 0);
  expect((found?.growthBytes ?? 0) / GB).toBeGreaterThan(7.5);
  expect((found?.growthBytes ?? 0) / GB).toBeLessThan(8.5);
});

test('nobody knows from less than a day, and what does not grow is never full', () => {
  expect(forecast([], 0)).toBeNull();
  expect(forecast(falling(23, GB, 1), 0)).toBeNull();
  expect(forecast(falling(48, GB, 0), 0)).toMatchObject({ growthBytes: 0, fullAtMs: null });
  expect(forecast(falling(48, GB, -1000), 0)).toMatchObject({ fullAtMs: null });
  expect(LEAST_MEASURED_MS).toBe(24 * HOUR_MS);
});

test('a disk below its reserve is full now, and noise around a line does not move it far', () => {
  const low = falling(48, 10 * GB, 1_000_000);
  expect(forecast(low, 20 * GB)).toMatchObject({ fullAtMs: low.at(-1)?.atMs });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50_000_000, max: 50_000_000 }), { minLength: 200, maxLength: 200 }), (noise) => {
      const found = forecast(
        falling(14 * 24, 2000 * GB, GB, (n) => noise[n % 200] ?? 0),
        0,
      );
      expect(Math.abs((found?.growthBytes ?? 0) - 24 * GB)).toBeLessThan(GB / 10);
    }),
  );
});
