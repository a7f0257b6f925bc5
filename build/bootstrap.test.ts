import { expect, test } from 'vitest';
import { missingOf, refusalOf } from './bootstrap-plan.mjs';
import { missingToolchain } from './native.mjs';

test('a machine that has everything needs nothing', () => {
  expect(missingOf(() => true)).toEqual([]);
  expect(refusalOf('linux', 'x64', '20.20.2')).toBeNull();
});

test('what is missing is named', () => {
  expect(missingOf((file) => file !== '/usr/bin/ffmpeg')).toEqual(['ffmpeg']);
});

test.each(['win32', 'darwin'])('on %s it is said what is missing', (platform) => {
  expect(refusalOf(platform, 'x64', '24.1.0')).toContain('ffmpeg');
});

test('a machine without a compiler is told which packages would bring one', () => {
  expect(missingToolchain(() => true)).toEqual([]);
  expect(missingToolchain((file) => file !== '/usr/bin/g++' && !file.endsWith('.a'))).toEqual(['g++', 'libssl-dev']);
});
