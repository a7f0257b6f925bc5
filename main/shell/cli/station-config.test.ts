import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { configuredSocket, dataFolder } from './connect.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-config-'));
  file = path.join(folder, 'station.toml');
  vi.stubEnv('EVIDOCK_CONFIG', file);
  vi.stubEnv('EVIDOCK_DATA', undefined);
  vi.stubEnv('XDG_STATE_HOME', '/state');
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true });
});

test('the data folder is the one named nearest to the command', () => {
  expect(dataFolder(undefined)).toEqual({ ok: true, value: '/state/evidock' });
  fs.writeFileSync(file, 'data = "/var/lib/evidock"\n');
  expect(dataFolder(undefined)).toEqual({ ok: true, value: '/var/lib/evidock' });
  vi.stubEnv('EVIDOCK_DATA', '/from/env');
  expect(dataFolder(undefined)).toEqual({ ok: true, value: '/from/env' });
  expect(dataFolder('/from/option')).toEqual({ ok: true, value: '/from/option' });
});

test('a configuration that is wrong is refused with its line or key, not passed over', () => {
  fs.writeFileSync(file, '# data folder\ndata = /var/lib\n');
  expect(dataFolder(undefined)).toMatchObject({ ok: false, failure: { code: 'usage.invalid', what: `${file}:2` } });
  fs.writeFileSync(file, 'dta = "/var/lib/evidock"\n');
  expect(dataFolder(undefined)).toMatchObject({ ok: false, failure: { code: 'usage.invalid' } });
  fs.writeFileSync(file, 'data = "relative"\n');
  expect(dataFolder(undefined)).toMatchObject({ ok: false, failure: { code: 'usage.invalid', detail: expect.stringContaining('data') } });
});

test('the socket of the configuration belongs to the station of its data folder alone', () => {
  expect(configuredSocket('/var/lib/evidock')).toEqual({ ok: true, value: undefined });
  fs.writeFileSync(file, 'data = "/var/lib/evidock"\nsocket = "/run/evidock/station.sock"\n');
  expect(configuredSocket('/var/lib/evidock')).toEqual({ ok: true, value: '/run/evidock/station.sock' });
  expect(configuredSocket('/elsewhere')).toEqual({ ok: true, value: undefined });
  fs.writeFileSync(file, 'data = "/var/lib/evidock"\nsocket = "relative"\n');
  expect(configuredSocket('/var/lib/evidock')).toMatchObject({
    ok: false,
    failure: { code: 'usage.invalid', detail: expect.stringContaining('socket') },
  });
});
