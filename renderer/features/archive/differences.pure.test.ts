import { expect, test } from 'vitest';
import type { Difference } from '../../../main/contract/api/archive.ts';
import { addressOf, countByCode, countByState, readAddress, readAddressOfAll, shownOf } from './differences.pure.ts';

const RUN = '01a20c7f-f471-7727-97c3-f503c7c323ef';
const explanation = { id: RUN, at: '2026-03-02T06:03:12.000Z', by: '李档案', reason: '磁盘更换时遗失' };
const of = (changes: Partial<Difference>): Difference => ({
  code: 'archive.item-missing',
  what: 'nas: one',
  detail: '',
  id: null,
  unitId: null,
  itemId: null,
  file: null,
  expectedSha256: null,
  foundSha256: null,
  explanation: null,
  ...changes,
});
const all = [
  of({ file: 'DCIM/IMG_0001.mp4' }),
  of({ code: 'archive.item-differs', explanation }),
  of({ code: 'archive.item-differs' }),
  of({ code: 'clear.no-receipt' }),
];
const nothing = { run: null, code: null, state: null, search: '' };

test('classes are counted, the most frequent first, and what waits is none; states in their order, those that occur', () => {
  expect(countByCode(all)).toEqual([
    { code: 'archive.item-differs', count: 2 },
    { code: 'archive.item-missing', count: 1 },
  ]);
  expect(countByState(all)).toEqual([
    { state: 'open', count: 2 },
    { state: 'explained', count: 1 },
    { state: 'waiting', count: 1 },
  ]);
  expect(countByState([])).toEqual([]);
});

test('class, state and every word of the search narrow the list, and only together', () => {
  expect(shownOf(all, nothing)).toHaveLength(4);
  expect(shownOf(all, { ...nothing, code: 'archive.item-differs' })).toEqual([all[1], all[2]]);
  expect(shownOf(all, { ...nothing, code: 'archive.item-differs', state: 'open' })).toEqual([all[2]]);
  expect(shownOf(all, { ...nothing, search: ' img_0001  NAS ' })).toEqual([all[0]]);
  expect(shownOf(all, { ...nothing, search: '李档案 磁盘' })).toEqual([all[1]]);
  expect(shownOf(all, { ...nothing, search: '李档案 nothing' })).toEqual([]);
});

test('an address says what is shown and is read back the same; what it does not know is left out', () => {
  const shown = { run: RUN, code: 'archive.item-differs', state: 'open' as const, search: '张三' };
  expect(readAddress(addressOf(shown))).toEqual(shown);
  expect(addressOf(nothing)).toEqual({});
  expect(readAddress({ run: '../x', state: 'gone', search: 42, other: true })).toEqual({ ...nothing, search: '42' });
});

test('what is shown of all stations goes into an address and comes out of it', () => {
  const shown = { run: RUN, class: 'missing', station: RUN, search: '2026/03' } as const;
  expect(readAddressOfAll(addressOf(shown))).toEqual(shown);
  expect(readAddressOfAll({ run: '1', class: 'lost', station: 'A1', search: 12 })).toEqual({ run: null, class: null, station: null, search: '12' });
});
