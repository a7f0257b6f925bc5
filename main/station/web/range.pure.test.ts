import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRange } from './range.pure.ts';

const bytes = (size: number) => Uint8Array.from({ length: size }, (_, n) => n);
const served = (header: string | undefined, whole: Uint8Array) => {
  const range = readRange(header, whole.length);
  if (typeof range === 'string') return range;
  expect(range.start).toBeGreaterThanOrEqual(0);
  expect(range.end).toBeLessThan(whole.length);
  return [...whole.subarray(range.start, range.end + 1)];
};
const size = fc.nat(60);
const place = fc.nat(80);

test('a range gives the bytes a slice gives', () => {
  fc.assert(
    fc.property(size, place, place, (length, a, b) => {
      const whole = bytes(length);
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      expect(served(`bytes=${from}-${to}`, whole)).toEqual(from >= length ? 'unsatisfiable' : [...whole.slice(from, to + 1)]);
      expect(served(`Bytes=${from}-`, whole)).toEqual(from >= length ? 'unsatisfiable' : [...whole.slice(from)]);
      expect(served(`bytes=-${a}`, whole)).toEqual(a === 0 || length === 0 ? 'unsatisfiable' : [...whole.slice(-a)]);
    }),
  );
});

test('what is no range of bytes is ignored, and nothing outside the file is ever served', () => {
  fc.assert(
    fc.property(size, fc.oneof(fc.string(), fc.stringMatching(/^bytes=[-0-9, ]{0,30}$/)), (length, header) => {
      served(header, bytes(length));
    }),
  );
  for (const header of [undefined, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=50-2', 'bytes=0-1,3-4', 'items=0-1', 'bytes=a-b', 'bytes=0x1-2']) {
    expect(readRange(header, 10)).toBe('whole');
  }
  expect(readRange(`bytes=${'9'.repeat(400)}-`, 10)).toBe('unsatisfiable');
  expect(readRange(`bytes=0-${'9'.repeat(400)}`, 10)).toEqual({ start: 0, end: 9 });
});
