import { expect, test } from 'vitest';
import { POLICY, PolicyKey } from '../../../main/contract/policy.ts';
import english from '../../i18n/en.json';
import chinese from '../../i18n/zh-CN.json';
import { CONTROLS, GROUPS, isDangerous } from './settings.pure.ts';

test('every setting is on the page, in one group', () => {
  expect(Object.values(GROUPS).flat().sort()).toEqual([...PolicyKey.options].sort());
});

test('what a control lets one choose is exactly what the policy accepts', () => {
  for (const key of PolicyKey.options) {
    const control = CONTROLS[key];
    const accepts = (value: unknown) => POLICY[key].schema.safeParse(value).success;
    if (control.as === 'number') {
      expect([control.min - 1, control.min, control.max, control.max + 1].map(accepts), key).toEqual([false, true, true, false]);
    }
    if (control.as === 'choice') expect([...control.options].sort(), key).toEqual([...(POLICY[key].schema as { options: string[] }).options].sort());
    if (control.as === 'switch') expect([true, false].every(accepts), key).toBe(true);
    if (control.as === 'gigabytes') expect([null, 2_000_000_000].every(accepts), key).toBe(true);
  }
});

test('no default is dangerous; clearing without a far archive is', () => {
  for (const key of PolicyKey.options) expect(isDangerous(key, POLICY[key].default), key).toBe(false);
  expect(isDangerous('clear', 'after-stored')).toBe(true);
  expect(isDangerous('clear-accepts-local', true)).toBe(true);
});

test.each(Object.entries({ chinese, english }))('every value that is chosen from a list has its words, %s', (_, { station }) => {
  const values: Record<string, string> = station.values;
  const choices = Object.values(CONTROLS).flatMap((control) => (control.as === 'choice' ? control.options : []));
  expect(choices.filter((choice) => !values[choice])).toEqual([]);
});
