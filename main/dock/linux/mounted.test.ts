import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openUsbHelper } from './helper.ts';
import { mountVolume, probeVolume } from './mounted.ts';
import type { UsbDisk, UsbVolume } from './usb-tree.pure.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-mounted-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** A file in the place of a device: the kernel is asked for nothing here, fixtures/usb-lab mounts real disks. */
function device(make: (file: string) => void) {
  const file = path.join(folder, 'device');
  fs.writeFileSync(file, '');
  fs.truncateSync(file, 4 << 20);
  make(file);
  const volume = { name: path.relative('/dev', file), path: folder, deviceNumber: '8:0' };
  return { volume, disk: { name: 'device', path: folder, sequence: '1', isReadOnly: false, volumes: [volume] } };
}

/** Nobody listens there. */
const helper = openUsbHelper('/run/evidock-usb-nobody.sock');

const mount = async (disk: UsbDisk, volume: UsbVolume) => mountVolume(helper, disk, volume, await probeVolume(volume), path.join(folder, 'mount'));

test('a file system no camera has is not handed to the kernel, and named', async () => {
  const { disk, volume } = device((file) => execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', file]));
  const mounted = await mount(disk, volume);
  expect(mounted).toMatchObject({ ok: false, failure: { code: 'camera.unreadable', detail: 'ext4' } });
  expect(fs.existsSync(path.join(folder, 'mount'))).toBe(false);
});

test('a device without any file system says so', async () => {
  const { disk, volume } = device(() => undefined);
  expect(await mount(disk, volume)).toMatchObject({
    ok: false,
    failure: { code: 'camera.unreadable', detail: 'no file system' },
  });
});

test('a station that may not read the device says what it needs', async () => {
  const { disk, volume } = device(() => undefined);
  fs.rmSync(path.join(folder, 'device'));
  expect(await mount(disk, volume)).toMatchObject({ ok: false, failure: { code: 'usb.not-privileged' } });
});

test('a camera that nobody mounts for the station says so, and not that it is damaged', async () => {
  const { disk, volume } = device((file) => execFileSync('mkfs.vfat', [file], { stdio: 'ignore' }));
  expect(await mount(disk, volume)).toMatchObject({
    ok: false,
    failure: { code: 'usb.not-privileged', detail: expect.stringMatching(/ENOENT/) },
  });
});
