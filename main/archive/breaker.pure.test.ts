import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterFailure, type Breaker, CLOSED, duringTry, LONGEST_REST_MS, OPENS_AT, standingOf } from './breaker.pure.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true });
const clock = fc.integer({ min: 0, max: 4_000_000_000_000 });
const failing = (times: number, nowMs: number, random: number): Breaker => {
  let breaker = CLOSED;
  for (let n = 0; n < times; n += 1) breaker = afterFailure(breaker, nowMs, random);
  return breaker;
};
const restOf = (breaker: Breaker, nowMs: number) => (breaker.restUntilMs ?? nowMs) - nowMs;

describe('a destination that fails', () => {
  test('is asked on until the fifth failure in a row, and left alone from then on', () => {
    fc.assert(
      fc.property(clock, chance, fc.integer({ min: 0, max: 60 }), (nowMs, random, times) => {
        expect(standingOf(failing(times, nowMs, random), nowMs)).toBe(times < OPENS_AT ? 'closed' : 'open');
      }),
    );
  });

  test('rests longer each time, never over half an hour, and never less than four fifths of what is due', () => {
    fc.assert(
      fc.property(clock, chance, chance, fc.integer({ min: OPENS_AT, max: 2000 }), (nowMs, random, other, times) => {
        const rest = restOf(failing(times, nowMs, random), nowMs);
        expect(rest).toBeGreaterThanOrEqual(48_000);
        expect(rest).toBeLessThanOrEqual(LONGEST_REST_MS);
        expect(restOf(failing(times + 1, nowMs, other), nowMs)).toBeGreaterThanOrEqual(Math.floor(rest * 0.8));
        expect(restOf(failing(times, nowMs, 0), nowMs)).toBe(Math.min(LONGEST_REST_MS, 60_000 * 2 ** (times - OPENS_AT)));
      }),
    );
  });

  test('is open to one try when its rest is over; while that goes on it rests for everyone else', () => {
    fc.assert(
      fc.property(clock, chance, fc.integer({ min: OPENS_AT, max: 60 }), fc.integer({ min: 0, max: 10_000_000 }), (nowMs, random, times, late) => {
        const resting = failing(times, nowMs, random);
        const overMs = (resting.restUntilMs ?? 0) + late;
        expect(standingOf(resting, (resting.restUntilMs ?? 0) - 1)).toBe('open');
        expect(standingOf(resting, overMs)).toBe('half-open');
        const trying = duringTry(resting, overMs, random);
        expect(standingOf(trying, overMs)).toBe('open');
        expect(trying.failures).toBe(times);
        expect(afterFailure(trying, overMs, random).failures).toBe(times + 1);
      }),
    );
  });

  test('is not left alone for days because the clock went back', () => {
    const resting = failing(OPENS_AT, 4_000_000_000_000, 0.5);
    expect(standingOf(resting, 1_000_000_000_000)).toBe('half-open');
  });
});
