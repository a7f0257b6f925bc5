import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DescribedUnit } from '../described-unit.pure.ts';
import { declaredIn } from './capabilities.ts';
import { SwiftError, swiftCode } from './errors.ts';
import * as names from './names.pure.ts';

const START = Date.parse('2026-03-02T06:03:12Z');
const UNIT: DescribedUnit = {
  unitId: '0195f0aa-0000-7000-8000-00000000000a',
  closedMs: START + 3_600_000,
  user: { id: '5f0d6d0e-1111-4222-8333-444455556666', name: '张三', number: '012345' },
  device: { serial: 'CAM_7/甲', model: 'dsj-hq' },
  stationCode: 'S-7',
  zone: 'Asia/Shanghai',
  startMs: START,
  stopMs: START + 92_500,
  items: new Map([['0195f0aa-0000-7000-8000-00000000000b', { startMs: START + 60_000, stopMs: null }]]),
  bookmarks: [{ id: '0195f0aa-0000-7000-8000-00000000000c', atMs: START + 4_000, categoryId: 'rights-told', categoryName: '告知', words: '已告知' }],
  trail: [
    { atMs: START - 1000, longitude: 117.8, latitude: 30.9 },
    { atMs: START + 64_000, longitude: 13.221184, latitude: 55.718409 },
  ],
};
const file = { itemId: '0195f0aa-0000-7000-8000-00000000000b', name: 'data/0001-0195f0aa-0000-7000-8000-00000000000b.mp4' };

test('containers and objects have the names of the API; nothing in a serial is taken for a separator', () => {
  expect(names.containerName(UNIT)).toBe('5f0d6d0e-1111-4222-8333-444455556666_CAM_7%2F%E7%94%B2_20260302T060312Z');
  expect(names.containerName(UNIT, 2)).toMatch(/_20260302T060314Z$/);
  expect(names.clipName(UNIT, file)).toBe('20260302T060412Z_00000000000b.mp4');
  expect(names.bookmarkName(UNIT.bookmarks[0] as never)).toBe('bookmark_20260302T060316Z_00000000000c');
  expect(names.trailName(UNIT, START)).toBe('20260302T060312Z_00000000000a_CAM_7%2F%E7%94%B2_gpstrail.json');
  expect(names.rejectedName(UNIT)).toBe('RejectedContent_20260302T060312Z_0195f0aa-0000-7000-8000-00000000000a');
});

test('what is known is told, twice where time is concerned; what is not known is left out', () => {
  expect(names.containerMetadata(UNIT, 'c')).toMatchObject({
    BWCSerialNumber: 'CAM_7/甲',
    TriggerOnTime: '1772431392',
    TriggerOnTimeISO: '2026-03-02T06:03:12Z',
    StopTimeISO: '2026-03-02T06:04:44Z',
    EvidockUnit: '0195f0aa000070008000 00000000000a'.replace(' ', ''),
  });
  const unknown = { ...UNIT, startMs: null, stopMs: null, zone: null, device: { serial: 'x', model: null } };
  expect(Object.keys(names.containerMetadata(unknown, 'c'))).toEqual([
    'ContainerName',
    'BWCSerialNumber',
    'SCUSerialNumber',
    'UserID',
    'EvidockUnit',
  ]);
  // The time it was closed only names it.
  expect(names.containerName(unknown)).toMatch(/_20260302T070312Z$/);
  expect(names.clipMetadata(UNIT, file)).toEqual({ StartTime: '1772431452', StartTimeISO: '2026-03-02T06:04:12Z', ContainerType: 'mp4' });
  expect(names.userMetadata(UNIT, false)).toEqual({ Active: 'True', Name: '张三' });
  expect(names.userMetadata(UNIT, true)).toMatchObject({ UserID: '012345' });
});

test('headers are URL-encoded UTF-8 and never longer than the API allows, with no character cut in two', () => {
  expect(names.headersOf('Object', { StartTimeISO: 'a b', Name: '张' })).toEqual({
    'X-Object-Meta-Starttimeiso': 'a%20b',
    'X-Object-Meta-Name': '%E5%BC%A0',
  });
  expect(names.cut('张'.repeat(20), 32)).toBe('张'.repeat(10));
  expect(names.cut('😀😀', 7)).toBe('😀');
  expect(names.cut('a\r\nX-Auth-Key: b', 32)).toBe('a X-Auth-Key: b');
});

test('a trail has seconds since the start, longitude first', () => {
  expect(JSON.parse(names.trailText(UNIT, START))).toEqual({
    CoordinateEntries: [{ LocationWKT: 'POINT(13.221184 55.718409)', SecondsFromStart: 64, Timestamp: '2026-03-02T06:04:16Z' }],
  });
});

test('of what a destination declares, only what is true, well formed and as its ETag says counts', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const text = JSON.stringify({
    Read: { ReadCategories: true },
    Store: { StoreBookmarks: true, StoreGNSSTrackRecording: false },
    StoreAndRead: { StoreReadSystemID: true },
  });
  expect(declaredIn(text, md5(text)).sort()).toEqual(['bookmarks', 'system-id']);
  expect(declaredIn(text, md5(`${text} `))).toEqual([]);
  expect(declaredIn(text, null)).toEqual([]);
  for (const malformed of ['', '{', '[]', '{"Store": []}', '{"Store": {"StoreBookmarks": "true"}}'])
    expect(declaredIn(malformed, md5(malformed))).toEqual([]);
});

test.each([
  [400, '', 'destination.refused'],
  [401, '', 'destination.credentials'],
  [402, '', 'destination.no-licence'],
  [403, '', 'destination.not-permitted'],
  [404, '', 'destination.unreachable'],
  [413, 'Upload exceeds quota.', 'destination.full'],
  [413, 'Your request is too large.', 'destination.refused'],
  [422, '', 'destination.write-failed'],
  [500, '', 'destination.busy'],
  [503, '', 'destination.busy'],
  [507, '', 'destination.full'],
] as const)('%i %s means %s', (status, said, code) => {
  expect(swiftCode(new SwiftError(status, 'PUT c/o', said))).toBe(code);
});
