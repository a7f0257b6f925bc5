import { expect, test } from 'vitest';
import type { RecordingItem } from '../../../main/contract/web/recordings.ts';
import { layOut, placeAt, placeOf } from './timeline.pure.ts';

function clip(id: string, startLocal: string | null, durationMs: number | null): RecordingItem {
  return {
    id,
    role: 'clip',
    mediaKind: 'video',
    path: null,
    sizeBytes: 1,
    sha256: '',
    sm3: '',
    md5: null,
    xxh64: null,
    durationMs,
    damaged: false,
    damage: null,
    incomplete: null,
    startLocal,
    container: null,
    streams: [],
    readBack: 'direct',
    hasPoster: false,
    playable: 'proxy',
    clearedFromCamera: false,
    freed: false,
  };
}

test('clips follow each other and a hole between them is a gap', () => {
  const { stretches, totalMs } = layOut([
    clip('a', '2026-03-02T14:00:00', 4000),
    clip('b', '2026-03-02T14:00:04', 4000),
    clip('c', '2026-03-02T14:01:00', 4000),
  ]);
  expect(stretches.map((one) => [one.kind, one.startMs, one.lengthMs])).toEqual([
    ['clip', 0, 4000],
    ['clip', 4000, 4000],
    ['gap', 8000, 52_000],
    ['clip', 60_000, 4000],
  ]);
  expect(totalMs).toBe(64_000);
});

test('a clip that does not tell its start or its length still has a place', () => {
  const { stretches, measured } = layOut([clip('a', null, null), clip('b', '2026-03-02T14:00:00', 4000)]);
  expect(stretches.map((one) => one.startMs)).toEqual([0, 5000]);
  // The drawn length must not be said as a length.
  expect(measured).toBe(false);
});

test('a touch in a gap goes to the beginning of the next clip, and past the end to the end', () => {
  const { stretches } = layOut([clip('a', '2026-03-02T14:00:00', 4000), clip('b', '2026-03-02T14:01:00', 4000)]);
  const at = (ms: number) => {
    const place = placeAt(stretches, ms);
    return [place?.item.id, place?.offsetMs];
  };
  expect(at(1500)).toEqual(['a', 1500]);
  expect(at(30_000)).toEqual(['b', 0]);
  expect(at(99_000)).toEqual(['b', 4000]);
  expect(placeAt([], 0)).toBeNull();
});

test('a mark stands where its clip does, and never beyond it; one on a file that does not play stands nowhere', () => {
  const { stretches } = layOut([clip('a', '2026-03-02T14:00:00', 4000), clip('b', '2026-03-02T14:01:00', 4000)]);
  expect(placeOf(stretches, { itemId: 'b', offsetMs: 500 })).toBe(60_500);
  expect(placeOf(stretches, { itemId: 'a', offsetMs: 4100 })).toBe(4000);
  expect(placeOf(stretches, { itemId: 'photo', offsetMs: 0 })).toBeNull();
});
