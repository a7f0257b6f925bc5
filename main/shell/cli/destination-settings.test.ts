import { expect, test } from 'vitest';
import { bandwidthCap, destinationSettings } from './destination-settings.ts';

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

test('a server reached by SFTP has its host key, its port when that is another one, and its address as it is', () => {
  const hostKey = `SHA256:${'a'.repeat(43)}`;
  const key = '/etc/evidock/sftp';
  expect(destinationSettings('sftp://evidock@archive.example/srv/evidence/', { key, hostKey })).toEqual({
    ok: true,
    value: { kind: 'sftp', host: 'archive.example', port: 22, user: 'evidock', folder: '/srv/evidence', key, hostKey },
  });
  expect(destinationSettings('sftp://u@[fd00::7]:2222/e', { key, hostKey })).toMatchObject({ ok: true, value: { host: 'fd00::7', port: 2222 } });
});

test.each([
  ['sftp://archive.example/srv', { key: '/k', hostKey: `SHA256:${'a'.repeat(43)}` }],
  ['sftp://u:secret@archive.example/srv', { key: '/k', hostKey: `SHA256:${'a'.repeat(43)}` }],
  ['sftp://u@archive.example', { key: '/k', hostKey: `SHA256:${'a'.repeat(43)}` }],
  ['sftp://u@archive.example:99999/srv', { key: '/k', hostKey: `SHA256:${'a'.repeat(43)}` }],
  ['sftp://u@archive.example/srv', { key: '/k' }],
  ['sftp://u@archive.example/srv', { key: '/k', hostKey: 'MD5:00:11' }],
  ['sftp://u@archive.example/srv', { hostKey: `SHA256:${'a'.repeat(43)}` }],
  ['s3+https://rgw.example', {}],
  ['s3+https://user:secret@rgw.example/bucket', { key: '/k' }],
  ['s3+https://rgw.example/bucket', {}],
  ['s3+https://rgw.example/UPPER', { key: '/k' }],
  ['s3+https://rgw.example/bucket/张三', { key: '/k' }],
  ['s3+https://rgw.example/bucket', { key: '/k', lock: 'forever' }],
])('%s with %j is wrong usage', (where, options) => {
  expect(destinationSettings(where, options)).toMatchObject({ ok: false, failure: { code: 'usage.invalid' } });
});

test('a cap is hours and bytes a second, nothing less than 16 kB but none at all', () => {
  expect(bandwidthCap('8-18=2M')).toEqual({ ok: true, value: { fromHour: 8, toHour: 18, bytesPerSecond: 2_000_000 } });
  expect(bandwidthCap('22-6=0')).toEqual({ ok: true, value: { fromHour: 22, toHour: 6, bytesPerSecond: 0 } });
  expect(bandwidthCap('0-24=1.5k')).toMatchObject({ ok: false });
  for (const text of ['8-18', '8-25=1M', '24-3=1M', '8-18=15999', '8-18=2X', '-8-18=1M']) {
    expect(bandwidthCap(text)).toMatchObject({ ok: false, failure: { code: 'usage.invalid', what: text } });
  }
});
