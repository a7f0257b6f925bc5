import { expect, test } from 'vitest';
import { ENTRY_BODIES } from '../../main/contract/entries/index.ts';
import type { LiveEvent, PortCard } from '../../main/contract/web/wall.ts';
import { backOffMs, missedSomething, staleFamilies, withCards } from './live.pure.ts';

const beat = (n: number): LiveEvent => ({ n, event: 'beat', stationTime: '2026-01-01T00:00:00Z' });

function card(port: number, doneFiles = 0): PortCard {
  return {
    port,
    state: 'copying',
    dockingId: null,
    camera: null,
    officer: null,
    files: 10,
    doneFiles,
    bytes: 0,
    doneBytes: 0,
    bytesPerSecond: null,
    readyAt: null,
    clearing: 'none',
    stoppedBy: null,
    failures: [],
    failureCount: 0,
    offersImage: false,
  };
}

test('a gap, a repeated number, a hello and the first event each mean that everything is read again', () => {
  expect(missedSomething(null, beat(1))).toBe(true);
  expect(missedSomething(1, beat(2))).toBe(false);
  expect(missedSomething(1, beat(3))).toBe(true);
  expect(missedSomething(2, beat(2))).toBe(true);
  expect(missedSomething(4, { n: 5, event: 'hello', head: 9, stationTime: '2026-01-01T00:00:00Z' })).toBe(true);
});

test('a linked recording makes recordings and cases be asked again, a docking does not', () => {
  expect([...(staleFamilies(['unit.linked']) ?? [])].sort()).toEqual(['archive', 'cases', 'recordings']);
  expect([...(staleFamilies(['docking.started', 'docking.planned']) ?? [])]).toEqual(['cameras']);
});

test('another zone, set by policy, is heard by every screen', () => {
  expect(staleFamilies(['policy.set'])).toContain('session');
});

test('an entry type of a newer station makes everything be asked again; all types of today are known', () => {
  expect(staleFamilies(['unit.linked', 'hologram.made'])).toBeNull();
  expect(staleFamilies(['toString'])).toBeNull();
  expect(staleFamilies(Object.keys(ENTRY_BODIES))).not.toBeNull();
});

test('only changed cards are new objects; an unknown port is added in its place', () => {
  const ports = [card(1), card(2), card(4)];
  const next = withCards(ports, new Map([2, 3].map((port) => [port, card(port, 5)])));
  expect(next.map((one) => one.port)).toEqual([1, 2, 3, 4]);
  expect(next[0]).toBe(ports[0]);
  expect(next[1]?.doneFiles).toBe(5);
  expect(next[3]).toBe(ports[2]);
});

test('waiting before a new attempt doubles and stops at five seconds', () => {
  expect([1, 2, 3, 5, 6, 40].map(backOffMs)).toEqual([500, 1000, 2000, 5000, 5000, 5000]);
});
