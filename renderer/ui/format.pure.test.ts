import { expect, test } from 'vitest';
import { ERROR_TEXTS } from '../../main/contract/error-texts.ts';
import { bytesText, durationText, percentOf, splitAdvice, timeText, weekdayText } from './format.pure.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [38_400_000, '38 MB'],
  [9_960_000, '10 MB'],
  [999_600, '1.0 MB'],
  [1_500_000_000_000, '1.5 TB'],
])('%i bytes are written %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

test.each([
  [0, '0:00'],
  [999, '0:00'],
  [62_500, '1:02'],
  [3_723_000, '1:02:03'],
  [36_000_000, '10:00:00'],
])('%i ms are written %s', (ms, text) => expect(durationText(ms)).toBe(text));

test('100 percent is said only when all is done', () => {
  expect(percentOf(999, 1000)).toBe(99);
  expect(percentOf(9_999_999, 10_000_000)).toBe(99);
  expect(percentOf(10, 10)).toBe(100);
  expect(percentOf(0, 0)).toBeNull();
});

test('a failure is split into what happened and what to do, and nothing of it is lost', () => {
  expect(splitAdvice('采集中断：3 号。请放回记录仪，将从中断处继续。')).toEqual({ what: '采集中断：3 号', next: '请放回记录仪，将从中断处继续。' });
  expect(splitAdvice('Read-back differs: A.MP4. The copy was not used.')).toEqual({
    what: 'Read-back differs: A.MP4',
    next: 'The copy was not used.',
  });
  for (const { zh, en } of Object.values(ERROR_TEXTS)) {
    for (const text of [zh, en]) {
      const { what, next } = splitAdvice(text);
      expect(`${what}${next}`.length).toBeGreaterThanOrEqual(text.length - 3);
    }
  }
});

test.each([
  ['2026-03-02T16:03:12.000Z', 'Asia/Shanghai', 'full', '2026-03-03 00:03:12'],
  ['2026-03-02T16:03:12.000Z', 'Asia/Urumqi', 'minute', '2026-03-02 22:03'],
  ['2026-07-01T12:00:00.000Z', 'America/New_York', 'clock', '08:00'],
  ['2026-03-02T14:03:12+08:00', 'UTC', 'time', '06:03:12'],
  ['2026-12-31T16:00:00.000Z', 'Asia/Shanghai', 'day', '01-01'],
  // A camera's own time has no zone, so none is applied, known or not.
  ['2026-03-02T14:03:12', 'America/New_York', 'full', '2026-03-02 14:03:12'],
  ['2026-03-02T14:03:12.500', null, 'time', '14:03:12'],
  ['2026-03-02T16:03:12.000Z', null, 'full', ''],
] as const)('%s at a station in %s is written (%s) %s', (at, zone, as, text) => expect(timeText(at, zone, as)).toBe(text));

test('the day of the week is the one at the station', () => {
  expect(weekdayText('2026-03-01T16:00:00.000Z', 'Asia/Shanghai', 'zh-CN')).toBe('周一');
  expect(weekdayText('2026-03-01T16:00:00.000Z', 'UTC', 'en')).toBe('Sun');
});
