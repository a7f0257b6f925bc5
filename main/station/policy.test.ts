import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';

let lab: StationLab;
beforeAll(async () => {
  lab = await openStationLab();
});
afterAll(async () => {
  await lab.close();
});

test.each([
  ['no-such-rule', true],
  ['clear', 'whenever'],
  ['clear-accepts-local', 'yes'],
  ['store-within-hours', 0],
  ['parallel-cameras', 8],
  ['copies-at-once', 2.5],
  ['copies-per-controller', 0],
  ['copy-order', 'biggest-first'],
  ['read-back', 'never'],
  ['extra-hashes', 'sha1'],
  ['vault-reserve-bytes', -1],
  ['camera-zone', 'Mars/Olympus'],
])('policy %s = %j is refused, and the rule in force stays', async (key, value) => {
  const before = await lab.client.station.policy();
  expect(await lab.client.station.setPolicy({ key, value })).toMatchObject({ ok: false, failure: { code: 'policy.invalid', what: key } });
  expect(await lab.client.station.policy()).toEqual(before);
});

test('a policy is in force from the moment it is set, also after the station stopped', async () => {
  expect(await lab.client.station.setPolicy({ key: 'camera-zone', value: 'Asia/Urumqi' })).toMatchObject({ ok: true });
  await lab.stop();
  await lab.start();
  expect(lab.station.policy('camera-zone')).toBe('Asia/Urumqi');
});
