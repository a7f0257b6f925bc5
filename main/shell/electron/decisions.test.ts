import { expect, test } from 'vitest';
import { errorText } from '../../contract/error-texts.ts';
import { failed } from '../../contract/errors.ts';
import { backOffMs, crashesInRow } from '../supervise/back-off.pure.ts';
import { awayPage } from './away-page.pure.ts';
import { cookieHeader, remember } from './cookie-jar.pure.ts';
import { isOwnUrl } from './navigation.pure.ts';
import { quitNeedsConfirming, type StationState, trayText } from './station-state.pure.ts';

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
const away: StationState = { kind: 'away', attached: false, crashes: 1, retryMs: 1000, failure: null };

test.each<[StationState, string, boolean]>([
  [{ kind: 'starting' }, 'Station starting', false],
  [away, 'Station away, restarting', false],
  [{ ...away, crashes: 2 }, 'Station away, restarting', false],
  [{ ...away, crashes: 3 }, 'Station keeps failing', false],
  [{ ...away, attached: true, crashes: 0 }, 'Station service away', false],
  [{ kind: 'no-access', socket: '/run/x' }, 'No access', false],
  [{ kind: 'misconfigured', failure: failed('usage.invalid', '/etc/x').failure }, 'configuration is wrong', false],
  [running, 'Station running', false],
  [{ ...running, copying: null }, 'Station running', true],
  [{ ...running, copying: 2 }, 'Copying from 2', true],
  [{ ...running, copying: 2, attached: true }, 'Copying from 2', false],
])('in state %o the tray says %s, and quitting asks: %s', (state, text, asks) => {
  expect(trayText(state)).toContain(text);
  expect(trayText(state)).toMatch(/\p{Script=Han}/u);
  expect(quitNeedsConfirming(state)).toBe(asks);
});

test('the page in place of the screens says what is the matter and what to do, in both languages', () => {
  const failing: StationState = { ...away, crashes: 4, retryMs: 8000, failure: failed('data-folder.newer', '/data <b>').failure };
  const page = awayPage(failing);
  for (const text of ['连续 4 次启动失败', '间隔 8 秒', 'failed to start 4 times in a row', 'again 8 s after', '不要删除', 'do not delete']) {
    expect(page).toContain(text);
  }
  // Why it fails is said as well, and what it names is text, not markup.
  expect(page).toContain(errorText('data-folder.newer', '/data &#60;b&#62;', 'zh'));
  expect(page).toContain(errorText('data-folder.newer', '/data &#60;b&#62;', 'en'));
  expect(awayPage({ kind: 'no-access', socket: '/run/evidock/station.sock' })).toContain('evidock 组（/run/evidock/station.sock）');
  expect(awayPage(away)).toContain('没有丢失');
  const states: StationState[] = [{ kind: 'starting' }, running, away, { ...away, attached: true }, failing, { kind: 'no-access', socket: '/x' }];
  for (const state of states) {
    expect(awayPage(state)).not.toMatch(/[{](crashes|seconds|socket)[}]|undefined|<script/);
  }
});

test('a cookie stays until it is replaced or runs out', () => {
  const first = remember(new Map(), ['sid=a=b; Path=/; HttpOnly', 'x=1', 'broken'], 0);
  expect(cookieHeader(first)).toBe('sid=a=b; x=1');
  expect(cookieHeader(remember(first, ['x=; Max-Age=0'], 0))).toBe('sid=a=b');
  expect(cookieHeader(remember(first, ['sid=; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'x=2'], 1))).toBe('x=2');
  expect(cookieHeader(new Map())).toBeNull();
});
