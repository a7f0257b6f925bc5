import { expect, test } from 'vitest';
import { destinationSettings } from './destination-settings.ts';

test('a folder, and an address of an object store, are told apart', () => {
  expect(destinationSettings('/srv/archive', {})).toEqual({ ok: true, value: { kind: 'folder', folder: '/srv/archive' } });
  expect(
    destinationSettings('s3+https://rgw.example:8443/evidence/unit-7/', { key: '/etc/evidock/rgw.json', ca: '/etc/ca.pem', lock: 'compliance:183' }),
  ).toEqual({
    ok: true,
    value: {
      kind: 's3',
      endpoint: 'https://rgw.example:8443',
      bucket: 'evidence',
      prefix: 'unit-7',
      region: 'us-east-1',
      pathStyle: true,
      key: '/etc/evidock/rgw.json',
      ca: '/etc/ca.pem',
      lock: { mode: 'COMPLIANCE', days: 183 },
    },
  });
  expect(destinationSettings('s3+http://127.0.0.1:80/b-1', { key: 'credential:rgw', virtualHost: true })).toMatchObject({
    ok: true,
    value: { pathStyle: false, key: 'credential:rgw', prefix: '', ca: null, lock: null },
  });
});

test.each([
  ['s3+https://rgw.example', {}],
  ['s3+https://user:secret@rgw.example/bucket', { key: '/k' }],
  ['s3+https://rgw.example/bucket', {}],
  ['s3+https://rgw.example/UPPER', { key: '/k' }],
  ['s3+https://rgw.example/bucket/张三', { key: '/k' }],
  ['s3+https://rgw.example/bucket', { key: '/k', lock: 'forever' }],
])('%s with %j is wrong usage', (where, options) => {
  expect(destinationSettings(where, options)).toMatchObject({ ok: false, failure: { code: 'usage.invalid' } });
});
