import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { INSTALLED_SOCKET } from '../../main/shell/electron/find-station.ts';

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
  expect(lines).toContain(`ExecStart=/usr/bin/evidock station --socket ${INSTALLED_SOCKET}`);
  expect(path.dirname(INSTALLED_SOCKET)).toBe(`/run/${/^RuntimeDirectory=(.+)$/m.exec(unit)?.[1]}`);
  expect(lines).toContain('RuntimeDirectoryMode=0750');
  expect(lines).toContain('Group=evidock');
});

test('every source file that is packed exists', () => {
  const resources = config()['extraResources'] as { from: string }[];
  expect(resources.length).toBeGreaterThan(0);
  expect(resources.filter(({ from }) => !fs.existsSync(path.join(root, from)))).toEqual([]);
});
