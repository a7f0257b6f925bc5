import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCaseRow } from './case-row.pure.ts';
import { settleDeadline } from './deadline.pure.ts';
import { suggestCase } from './suggest.pure.ts';
import { instantOfLocal } from './zoned-time.pure.ts';

test('a local time is the instant its zone says, and never a guess', () => {
  expect(instantOfLocal('2026-03-02T14:03:12', 'Asia/Shanghai')).toEqual({ ms: Date.parse('2026-03-02T06:03:12Z') });
  expect(instantOfLocal('2026-03-29T02:30:00', 'Europe/Berlin')).toEqual({ wrong: 'gap' });
  expect(instantOfLocal('2026-10-25T02:30:00', 'Europe/Berlin')).toEqual({ wrong: 'twice' });
});

test('a row of a Chinese case list is read, and a wrong one says which column', () => {
  const cells = { 案号: '1号', 案由: '检查', 执法行为: '现场检查', 执法人员: '012345、012346', 开始时间: '2026-03-02 14:00', 结束时间: '', 地点: '' };
  expect(readCaseRow(cells, 'Asia/Shanghai')).toMatchObject({
    row: { number: '1号', actionKind: 'onsite-inspection', officers: ['012345', '012346'], startedAt: '2026-03-02T06:00:00.000Z', endedAt: null },
  });
  expect(readCaseRow({ ...cells, 执法行为: '散步' }, 'Asia/Shanghai')).toMatchObject({ wrong: { column: 'kind' } });
  expect(readCaseRow({ ...cells, 开始时间: '2026-02-30 14:00' }, 'Asia/Shanghai')).toMatchObject({ wrong: { column: 'start' } });
  expect(readCaseRow({ ...cells, 案号: '' }, 'Asia/Shanghai')).toMatchObject({ wrong: { column: 'number' } });
});

test('a time that a change of clocks skips, or has twice, is said to be that, and one with its offset is taken', () => {
  const wrong = (start: string) => readCaseRow({ 案号: '1', 执法行为: '现场检查', 开始时间: start }, 'Europe/Berlin');
  expect(wrong('2026-03-29 02:30')).toMatchObject({ wrong: { column: 'start', fault: 'skipped' } });
  expect(wrong('2026-10-25 02:30')).toMatchObject({ wrong: { column: 'start', fault: 'twice' } });
  expect(wrong('2026-10-25T02:30:00+01:00')).toMatchObject({ row: { startedAt: '2026-10-25T01:30:00.000Z' } });
  expect(wrong('soon')).toMatchObject({ wrong: { column: 'start', fault: 'no-time', value: 'soon' } });
});

test('a case is suggested only when it is the only one', () => {
  const span = { startMs: 1000, endMs: 2000 };
  const one = { caseId: 'a', span: { startMs: 0, endMs: 1500 } };
  expect(suggestCase(span, [one])).toBe('a');
  expect(suggestCase(span, [one, { ...one, caseId: 'b' }])).toBeNull();
  expect(suggestCase(span, [{ caseId: 'c', span: { startMs: 3000, endMs: 4000 } }])).toBeNull();
});

test('on time or late is said only when every possible moment of recording agrees', () => {
  const hour = 3_600_000;
  const instant = (h: number) => new Date(Date.UTC(2026, 2, 2) + h * hour).toISOString();
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), (a, b, c) => {
      const verdict = settleDeadline({ hours: 24, earliest: instant(a), latest: instant(b), storedAt: instant(c), clock: 'station-checked' });
      if (b < a || c < b) {
        expect(verdict).toMatchObject({ outcome: 'undetermined', basis: 'clock-went-back' });
        return;
      }
      const moments = Array.from({ length: b - a + 1 }, (_, n) => a + n);
      if (verdict.outcome === 'on-time') expect(moments.every((moment) => c - moment <= 24)).toBe(true);
      if (verdict.outcome === 'late') expect(moments.every((moment) => c - moment > 24)).toBe(true);
      if (verdict.outcome === 'undetermined') expect(new Set(moments.map((moment) => c - moment <= 24)).size).toBe(2);
    }),
  );
  expect(settleDeadline({ hours: 24, earliest: null, latest: instant(0), storedAt: instant(1), clock: 'station-unchecked' }).basis).toBe(
    'clock-unchecked',
  );
  // The station's clock was set back three days between two dockings.
  expect(settleDeadline({ hours: 24, earliest: instant(72), latest: instant(0), storedAt: instant(1), clock: 'station-checked' }).outcome).toBe(
    'undetermined',
  );
});
