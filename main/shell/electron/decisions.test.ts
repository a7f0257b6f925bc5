import { expect, test } from 'vitest';
import { backOffMs, crashesInRow } from './back-off.pure.ts';
import { cookieHeader, remember } from './cookie-jar.pure.ts';
import { isOwnUrl } from './navigation.pure.ts';
import { quitNeedsConfirming, type StationState, trayText } from './tray-text.pure.ts';

test.each([
  ['station://app', true],
  ['station://app/', true],
  ['station://app/units/1?x=2#y', true],
  ['station://app.example.org/', false],
  ['station://app@example.org/', false],
  ['station://other/', false],
  ['https://example.org/', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['blob:station://app/1', false],
  ['', false],
])('the window may go to %j: %s', (url, allowed) => {
  expect(isOwnUrl(url)).toBe(allowed);
});

test('the pause grows from 1 s to 30 s and no further', () => {
  expect([1, 2, 3, 4, 5, 6, 60, 5000].map(backOffMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test.each([
  [0, 10, 1],
  [4, 59_999, 5],
  [4, 60_000, 1],
])('after %i crashes and %i ms of running it is crash %i in a row', (before, ranMs, now) => {
  expect(crashesInRow(before, ranMs)).toBe(now);
});

const running: StationState = { kind: 'running', attached: false, copying: 0 };

test.each<[StationState, string, boolean]>([
  [{ ...running, kind: 'starting' }, 'Station starting', false],
  [{ ...running, kind: 'away' }, 'Station away', false],
  [running, 'Station running', false],
  [{ ...running, copying: null }, 'Station running', true],
  [{ ...running, copying: 2 }, 'Copying from 2', true],
  [{ ...running, copying: 2, attached: true }, 'Copying from 2', false],
])('in state %o the tray says %s, and quitting asks: %s', (state, text, asks) => {
  expect(trayText(state)).toContain(text);
  expect(quitNeedsConfirming(state)).toBe(asks);
});

test('a cookie stays until it is replaced or runs out', () => {
  const first = remember(new Map(), ['sid=a=b; Path=/; HttpOnly', 'x=1', 'broken'], 0);
  expect(cookieHeader(first)).toBe('sid=a=b; x=1');
  expect(cookieHeader(remember(first, ['x=; Max-Age=0'], 0))).toBe('sid=a=b');
  expect(cookieHeader(remember(first, ['sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'x=2'], 1))).toBe('x=2');
  expect(cookieHeader(new Map())).toBeNull();
});
