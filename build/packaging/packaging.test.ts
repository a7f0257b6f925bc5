import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { HELPER_SOCKET } from '../../main/dock/index.ts';
import { INSTALLED_SOCKET } from '../../main/shell/electron/find-station.ts';

import { HELPER } from '../native.mjs';

const root = path.join(import.meta.dirname, '../..');
const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const { load } = fromBuilder('js-yaml') as { load(text: string): Record<string, unknown> };
const { validateConfiguration } = fromBuilder('app-builder-lib/out/util/config/config') as {
  validateConfiguration(config: unknown, log: unknown): Promise<void>;
};
const config = () => load(fs.readFileSync(path.join(root, 'electron-builder.yml'), 'utf8'));
const log = { isEnabled: false, add: () => undefined };

test('the packager accepts its configuration, and would refuse one with a wrong key', async () => {
  await validateConfiguration(config(), log);
  await expect(validateConfiguration({ ...config(), asarr: true }, log)).rejects.toThrow(/asarr/);
});

test('the installed service serves the socket at which the window looks first, in a folder of its group', () => {
  const unit = fs.readFileSync(path.join(root, 'build/packaging/evidock.service'), 'utf8');
  const lines = unit.split('\n');
  expect(lines).toContain(`ExecStart=/usr/bin/evidock station --usb --socket ${INSTALLED_SOCKET}`);
  expect(path.dirname(INSTALLED_SOCKET)).toBe(`/run/${/^RuntimeDirectory=(.+)$/m.exec(unit)?.[1]}`);
  expect(lines).toContain('RuntimeDirectoryMode=0750');
  expect(lines).toContain('Group=evidock');
});

const installed = () =>
  (config()['deb'] as { fpm: string[] }).fpm.map((line) => {
    const [from = '', to = ''] = line.split('=');
    return { from, to };
  });

test('what is installed beside the program exists, but for the helper, which is built', () => {
  expect(config()['rpm']).toEqual(config()['deb']);
  const lacking = installed().filter(({ from }) => !fs.existsSync(path.join(root, from)));
  expect(lacking.filter(({ from }) => !from.startsWith('build/.cache/native/'))).toEqual([]);
  expect(lacking.every(({ from }) => path.basename(from) === HELPER)).toBe(true);
});

const unitText = (name: string) => fs.readFileSync(path.join(root, 'build/packaging', name), 'utf8');
const setting = (text: string, key: string) => new RegExp(`^${key}=(.+)$`, 'm').exec(text)?.[1];

test('the helper is started where it is installed, for the user of the station alone, and has no view of the file tree of its own', () => {
  const [service, socket, helper] = [unitText('evidock.service'), unitText('evidock-usb.socket'), unitText('evidock-usb@.service')];
  const user = setting(service, 'User');
  expect(setting(helper, 'ExecStart')).toBe(`${installed().find(({ to }) => to.endsWith('/evidock-usb-helper'))?.to} ${user}`);
  expect([setting(socket, 'SocketUser'), setting(socket, 'SocketMode'), setting(socket, 'Accept')]).toEqual([user, '0600', 'yes']);
  expect(setting(socket, 'ListenStream')).toBe(HELPER_SOCKET);
  expect(helper).not.toMatch(/^(Protect|Private|ReadOnly|ReadWrite|Inaccessible|Temporary|Bind|Root|Mount|Dynamic)\w*=/m);
});

test('the group that the rule gives USB disks to is made, is the service’s, and may only read', () => {
  const rule = unitText('70-evidock-usb.rules');
  const group = /GROUP="([^"]+)"/.exec(rule)?.[1];
  expect(rule).toContain('MODE="0640"');
  expect(setting(unitText('evidock.service'), 'SupplementaryGroups')?.split(' ')).toContain(group);
  expect(unitText('evidock.sysusers')).toMatch(new RegExp(`^g ${group} `, 'm'));
});
