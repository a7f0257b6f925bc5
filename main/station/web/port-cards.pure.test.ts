import { expect, test } from 'vitest';
import type { LiveDocking } from '../../contract/api/docking.ts';
import { failed } from '../../contract/errors.ts';
import { PortState } from '../../contract/web/wall.ts';
import { cardOf, wallName } from './port-cards.pure.ts';

function docking(change: Partial<LiveDocking>): LiveDocking {
  return {
    dockingId: '01a20c7f-f471-7727-97c3-f503c7c323ee',
    port: 3,
    camera: 'C370042',
    profile: 'ga-pattern',
    state: 'safe',
    files: 4,
    bytes: 400,
    doneFiles: 4,
    doneBytes: 400,
    copiedFiles: 4,
    copiedBytes: 400,
    bytesPerSecond: null,
    clearing: null,
    stoppedBy: null,
    failures: [],
    offersImage: false,
    ...change,
  };
}

const card = (change: Partial<LiveDocking>, clear: 'never' | 'after-stored' | 'after-confirmed' = 'after-confirmed') =>
  cardOf(docking(change), { officer: null, stoppedBy: null }, 0, clear);

test.each([
  ['the archive has not confirmed anything', { removed: 0, kept: 0, waiting: 4 }, 'safe', 'waiting'],
  ['the archive has confirmed some', { removed: 3, kept: 0, waiting: 1 }, 'safe', 'waiting'],
  ['all is cleared', { removed: 4, kept: 0, waiting: 0 }, 'safe', 'cleared'],
  ['clearing has not begun', null, 'safe', 'none'],
  ['a file could not be removed', { removed: 3, kept: 1, waiting: 0 }, 'kept', 'kept'],
] as const)('whatever the archive does, a proven camera may be taken: %s', (_, clearing, state, badge) => {
  expect(card({ clearing })).toMatchObject({ state, clearing: badge });
});

test('no outcome of clearing takes a proven docking back, and none makes an unproven one safe', () => {
  const counts = [0, 1, 4];
  const clearings = [null, ...counts.flatMap((removed) => counts.flatMap((kept) => counts.map((waiting) => ({ removed, kept, waiting }))))];
  for (const clear of ['never', 'after-stored', 'after-confirmed'] as const) {
    for (const clearing of clearings) {
      expect(['safe', 'kept']).toContain(card({ clearing }, clear).state);
      for (const state of ['settling', 'planning', 'copying', 'paused', 'attention', 'interrupted', 'refused', 'ended'] as const) {
        expect(card({ clearing, state }, clear)).toMatchObject({ clearing: 'none', state: expect.not.stringMatching(/^(safe|kept)$/) });
      }
    }
  }
});

test('a policy that never clears says so beside the word', () => {
  expect(card({}, 'never')).toMatchObject({ state: 'kept', clearing: 'kept' });
});

test.each([
  ['settling', [], 'recognising'],
  ['copying', [], 'proving'],
  ['paused', [], 'paused'],
  ['attention', [failed('source.unreadable', 'A.MP4').failure], 'attention'],
  ['attention', [failed('vault.full', '/').failure], 'fault'],
  ['refused', [failed('camera.not-registered', 'X').failure], 'refused'],
  ['refused', [failed('camera.unreadable', 'X').failure], 'fault'],
] as const)('a docking that is %s with %j shows as %s', (state, failures, shown) => {
  expect(card({ state, failures: [...failures] }).state).toBe(shown);
});

test('no state of a port waits for the archive', () => {
  expect(PortState.options).not.toContain('archiving');
});

test.each([
  ['欧阳明', '012345', 'surname-and-digits', '欧阳 ··45'],
  ['张三', '012345', 'surname-and-digits', '张 ··45'],
  ['Ann Lee', '7', 'surname-and-digits', 'Ann ··7'],
  ['张三', '012345', 'digits', '··45'],
  [null, '012345', 'surname-and-digits', '··45'],
  ['张三', '012345', 'none', null],
  ['张三', null, 'digits', null],
] as const)('%s with number %s is named to everybody (%s) as %s', (name, number, form, text) => expect(wallName({ name, number }, form)).toBe(text));

test.each([
  ['camera.password-missing', 'locked'],
  ['camera.password-wrong', 'locked'],
  ['camera.no-answer', 'fault'],
  ['camera.command-refused', 'fault'],
  ['camera.not-switched', 'fault'],
  ['camera.unreadable', 'fault'],
  ['usb.not-a-camera', 'refused'],
  ['camera.not-registered', 'refused'],
] as const)('a camera that was refused with %s has its port say %s', (code, state) => {
  expect(card({ state: 'refused', failures: [failed(code, 'a camera').failure] }).state).toBe(state);
});
