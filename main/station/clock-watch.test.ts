import { afterEach, expect, test } from 'vitest';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { entriesOfType } from '../ledger/index.ts';
import { createStepFinder } from './clock-watch.ts';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-03-05T12:00:00.000Z');

let lab: StationLab | null = null;
afterEach(async () => {
  await lab?.close();
  lab = null;
});

test('a clock that goes on, is slewed, or wakes up with its machine was not set; one that was set forward or back is told once', () => {
  let [now, uptime] = [NOON, 5000];
  const find = createStepFinder({ nowMs: () => now, uptimeMs: () => uptime });
  const pass = (ms: number, clockMs = ms) => {
    uptime += ms;
    now += clockMs;
    return find();
  };
  expect([pass(1000), pass(1000, 1010), pass(8 * HOUR)]).toEqual([0, 0, 0]);
  expect(pass(1000, HOUR + 1000)).toBe(HOUR);
  expect(pass(1000)).toBe(0);
  expect(pass(1000, 1000 - 2 * HOUR)).toBe(-2 * HOUR);
  expect([pass(1000), pass(1000)]).toEqual([0, 0]);
});

test('what is slewed for long is no step, however far it went in all', () => {
  let [now, uptime] = [NOON, 5000];
  const find = createStepFinder({ nowMs: () => now, uptimeMs: () => uptime });
  for (let second = 0; second < 2000; second += 1) {
    uptime += 1000;
    now += 1000.5;
    expect(find()).toBe(0);
  }
});

test('answers that came too far apart count for nothing, and the step is told at the next look', () => {
  let [now, uptime, held] = [NOON, 5000, 0];
  const find = createStepFinder({
    nowMs: () => now,
    uptimeMs: () => {
      uptime += held;
      return uptime;
    },
  });
  now += HOUR;
  held = 700;
  expect(find()).toBe(0);
  held = 0;
  now += 1400;
  expect(find()).toBe(HOUR);
});

test('a station whose clock is set while it runs says so on the ledger, and takes nobody’s word for the clock from before', async () => {
  let [now, uptime] = [NOON, 5000];
  lab = await openStationLab({ purpose: 'station', nowMs: () => now, uptimeMs: () => uptime });
  await lab.client.station.confirmClock();
  expect((await lab.client.station.status()).station.clock).toBe('station-checked');
  const { ledger } = lab.station;
  const stepped = new Promise<void>((resolve) => {
    ledger.subscribe((entries) => entries.some((entry) => entry.type === 'clock.stepped') && resolve());
  });
  now -= HOUR;
  uptime += 1000;
  await stepped;
  expect(entriesOfType(ledger.reader, 'clock.stepped')).toMatchObject([{ body: { byMs: -HOUR - 1000 }, at: new Date(NOON - HOUR).toISOString() }]);
  expect((await lab.client.station.status()).station.clock).toBe('station-unchecked');
  await lab.client.station.confirmClock();
  expect((await lab.client.station.status()).station.clock).toBe('station-checked');
});
