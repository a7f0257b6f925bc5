import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MediaKind } from '../contract/values.ts';
import { planUnits, type UngroupedItem } from './units.pure.ts';

const at = (local: string) => ({ local, zone: 'Asia/Shanghai', source: 'name' as const });
const item = (itemId: string, path: string | null, mediaKind: MediaKind, more: Partial<UngroupedItem> = {}): UngroupedItem => ({
  itemId,
  dockingId: 'd1',
  officer: null,
  mediaKind,
  path,
  start: null,
  durationMs: null,
  damaged: false,
  sequence: null,
  ...more,
});
const shape = (items: UngroupedItem[]) =>
  planUnits(items, []).map((unit) => `${unit.kind}: ${unit.items.map((one) => `${one.itemId} ${one.role}`).join(', ')}`);

test('sidecars go with their clip, photos and notes stand alone, logs belong to the docking', () => {
  const items = [
    item('log', 'LOG/system.log', 'log'),
    item('note', 'AUDIO/1.wav', 'audio'),
    item('clip', 'VIDEO/20260302/140312_1.MP4', 'video'),
    item('beside', 'VIDEO/20260302/140312_1.srt', 'track'),
    item('elsewhere', 'GPS/20260302/140312_1.gps', 'track'),
    item('other-day', 'GPS/20260303/140312_1.gps', 'track'),
    item('photo', 'PHOTO/1.jpg', 'photo'),
    item('ini', 'camera.ini', 'identity'),
    item('what', 'x.bin', 'other'),
  ];
  expect(shape(items)).toEqual([
    'recording: clip clip, elsewhere sidecar, beside sidecar',
    'loose: note loose',
    'loose: photo loose',
    'docking: other-day log, log log, ini log, what log',
  ]);
});

test('a sidecar that could belong to two clips is given to neither', () => {
  const items = [item('a', 'V/1.mp4', 'video'), item('b', 'V/1.avi', 'video'), item('gps', 'V/1.gps', 'track')];
  expect(shape(items)).toEqual(['recording: a clip', 'recording: b clip', 'docking: gps log']);
});

test('a clip found later names the recording it would have joined, before it or after it', () => {
  const clip = (itemId: string, startMs: number) => ({ itemId, officer: 'o', startMs, durationMs: 60_000, sequence: null });
  const start = Date.parse('2026-03-02T14:00:00Z');
  const former = [{ unitId: 'u1', firstClip: clip('x', start), lastClip: clip('y', start + 60_000) }];
  const found = (local: string, officer: string) =>
    planUnits([item('z', 'z.mp4', 'video', { officer, start: at(local), durationMs: 60_000 })], former)[0]?.continues;
  expect(found('2026-03-02T14:02:00', 'o')).toBe('u1');
  expect(found('2026-03-02T13:59:00', 'o')).toBe('u1');
  expect(found('2026-03-02T14:05:00', 'o')).toBeNull();
  expect(found('2026-03-02T14:02:00', 'someone else')).toBeNull();
});

test('every item is in exactly one unit, whatever it is', () => {
  const items = fc.uniqueArray(
    fc.record({
      itemId: fc.uuid(),
      dockingId: fc.constantFrom('d1', 'd2'),
      officer: fc.constantFrom('x', null),
      mediaKind: fc.constantFrom<MediaKind>('video', 'audio', 'photo', 'track', 'log', 'document', 'identity', 'other'),
      path: fc.option(fc.constantFrom('V/1.mp4', 'V/1.gps', 'G/1.gps', 'V/2.mp4', 'V/2.json', '1.mp4', 'x')),
      start: fc.option(fc.constantFrom(at('2026-03-02T14:00:00'), at('2026-03-02T14:00:05'), at('2026-03-02T14:00:10.500'))),
      durationMs: fc.option(fc.nat(10_000)),
      damaged: fc.boolean(),
      sequence: fc.option(fc.nat(5)),
    }),
    { selector: (one) => one.itemId, maxLength: 15 },
  );
  fc.assert(
    fc.property(items, (all) => {
      const units = planUnits(all, []);
      expect(units.flatMap((unit) => unit.items.map((one) => one.itemId)).sort()).toEqual(all.map((one) => one.itemId).sort());
      for (const unit of units) expect(unit.items.length).toBeGreaterThan(0);
      expect(
        planUnits([...all].reverse(), [])
          .map((unit) => unit.items.length)
          .sort(),
      ).toEqual(units.map((unit) => unit.items.length).sort());
    }),
    { numRuns: 500 },
  );
});
