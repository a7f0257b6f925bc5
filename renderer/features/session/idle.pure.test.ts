import { expect, test } from 'vitest';
import { idleStep } from './idle.pure.ts';

const at = (toldAt: number, actedAt: number) => ({ toldAt, actedAt, idleMs: 120_000 });

test('the station is told of touches at most every ten seconds, the last one included', () => {
  expect(idleStep(at(0, 5_000), 9_999).tell).toBe(false);
  expect(idleStep(at(0, 5_000), 10_000).tell).toBe(true);
  expect(idleStep(at(0, 0), 60_000).tell).toBe(false);
});

test('fifteen seconds before the end a person is warned, and a touch takes the warning away', () => {
  expect(idleStep(at(0, 0), 104_999).secondsLeft).toBeNull();
  expect(idleStep(at(0, 0), 105_000).secondsLeft).toBe(15);
  expect(idleStep(at(0, 0), 119_100).secondsLeft).toBe(1);
  expect(idleStep(at(0, 119_200), 119_300)).toEqual({ tell: true, secondsLeft: null, ended: false });
});

test('without a touch the session ends', () => {
  expect(idleStep(at(0, 0), 120_000)).toEqual({ tell: false, secondsLeft: null, ended: true });
});
