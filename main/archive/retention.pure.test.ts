import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retentionOf, toTell } from './retention.pure.ts';

const RULES = { days: 183, linkedDays: 1825 };
const closedAt = '2026-03-02T06:00:00.000Z';

describe('how long a recording is kept', () => {
  test('is six months from its closing, and longer from the day it was linked to a case', () => {
    expect(retentionOf({ closedAt, linkedAt: null, held: false }, RULES)).toEqual({ until: '2026-09-01T06:00:00.000Z', legalHold: false });
    expect(retentionOf({ closedAt, linkedAt: '2026-03-10T00:00:00.000Z', held: true }, RULES)).toEqual({
      until: '2031-03-09T00:00:00.000Z',
      legalHold: true,
    });
    // Rules by which a case's recordings were kept for less than the others: the longer counts.
    expect(retentionOf({ closedAt, linkedAt: closedAt, held: false }, { days: 400, linkedDays: 183 }).until).toBe('2027-04-06T06:00:00.000Z');
  });

  test('is told to a destination once, and never made shorter, whatever comes after what', () => {
    const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
    const due = fc.record({ until: instant, legalHold: fc.boolean() });
    fc.assert(
      fc.property(fc.array(due, { minLength: 1, maxLength: 8 }), (history) => {
        let told: { until: string; legalHold: boolean } | null = null;
        for (const one of history) {
          const next = toTell(one, told);
          if (told && next) expect(next.until >= told.until).toBe(true);
          told = next ?? told;
          expect(told?.legalHold).toBe(one.legalHold);
          expect((told?.until ?? '') >= one.until).toBe(true);
          expect(toTell(one, told)).toBeNull();
        }
      }),
    );
  });
});
