import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeStrictly, safeName } from './safe-name.pure.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

test.each([
  ['MOV_0001.MP4', 'MOV_0001.MP4'],
  ['现场 一.mp4', '现场 一.mp4'],
  ['a\nb.mp4', 'a%0Ab.mp4'],
  ['-rf', '%2Drf'],
  ['..', '%2E%2E'],
  ['item.json', '%69tem.json'],
  ['item.json.tmp', '%69tem.json.tmp'],
  ['CON.txt', '%43ON.txt'],
  ['a/b', 'a%2Fb'],
])('%j is kept as %j', (name, kept) => {
  expect(safeName(bytes(name))).toBe(kept);
});

test('bytes that are not UTF-8 are kept byte by byte', () => {
  expect(safeName(Uint8Array.of(0xd6, 0xd0, 0x2e, 0x6d, 0x70, 0x34))).toBe('%D6%D0.mp4');
});

test('any name becomes one that stays in its folder and fits', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 255 }), (raw) => {
      const name = safeName(raw);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
      expect(name).not.toMatch(/^[-.]|[/\0\n\\]|^item\.json(\.tmp)?$/);
      expect(name.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});

test('decoding agrees with the platform on what is UTF-8', () => {
  const platform = (raw: Uint8Array) => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
    } catch {
      return null;
    }
  };
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.string({ unit: 'binary' }).map(bytes)), (raw) => {
      expect(decodeStrictly(raw)).toBe(platform(raw));
    }),
    {
      numRuns: 3000,
    },
  );
});
