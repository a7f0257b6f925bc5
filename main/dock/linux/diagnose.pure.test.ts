import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { troublesOf, troublesOfMachine } from './diagnose.pure.ts';
import { type KernelState, readKernelLine, withWord } from './kernel-log.pure.ts';
import { followKernelLog } from './kernel-log.ts';
import type { UsbDevice, UsbPlace } from './usb-tree.pure.ts';

const disk = { name: 'sdb', path: '/sys/sdb', sequence: '1', isReadOnly: false, volumes: [] };
const device: UsbDevice = {
  ...{ path: '/sys/a', slot: 'a', instance: '1-2', vendorId: '1b4f', productId: '9206', manufacturer: 'Lab', product: 'Camera', serial: 'S-0001' },
  ...{ isHub: false, speedMbps: 480, usbVersion: '2.00', isFixed: false, interfaces: [], isPartial: false, disks: [disk], isComing: false },
};
const place: UsbPlace = { slot: 'a', names: ['1-3', '2-3'], isFast: true, overCurrents: 0, device };
const NAME = '1b4f:9206 Lab Camera #S-0001';

function kernel(...lines: string[]): KernelState {
  return lines.flatMap((line) => readKernelLine(line) ?? []).reduce<KernelState>(withWord, new Map());
}

test('a socket in which all is well has nothing to say', () => {
  expect(troublesOf(place, kernel('usb 1-4: device not accepting address 4, error -71'))).toEqual([]);
});

test.each([
  ['usb.no-answer', 'usb usb1-port3: unable to enumerate USB device', { device: null }, 'a'],
  ['usb.no-power', 'usb 1-3: rejected 1 configuration due to insufficient available bus power', {}, NAME],
  ['usb.controller-full', "usb usb2-port3: couldn't allocate usb_device", { device: null }, 'a'],
  ['usb.too-slow', 'usb 1-3: not running at top speed; connect to a high speed hub', {}, NAME],
  ['usb.read-errors', 'critical medium error, dev sdb, sector 2048 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2', {}, NAME],
] as const)('%s is said in the words of the kernel, on the place it concerns and no other', (code, line, is, what) => {
  const here = { ...place, ...is };
  expect(troublesOf(here, kernel(line))).toEqual([{ code, what, detail: `1 x ${line}` }]);
  expect(troublesOf({ ...here, names: ['1-5'], device: here.device && { ...device, disks: [{ ...disk, name: 'sdc' }] } }, kernel(line))).toEqual([]);
});

test('a port that switched itself off is short of power, though the log does not go back that far', () => {
  expect(troublesOf({ ...place, overCurrents: 3 }, null)).toEqual([{ code: 'usb.no-power', what: NAME, detail: 'over-current x 3' }]);
});

test('a camera of USB 3 at the speed of USB 2 is too slow where it could be faster, and a camera of USB 2 is not', () => {
  const fast = { ...device, usbVersion: '3.20' };
  expect(troublesOf({ ...place, device: fast }, kernel())).toMatchObject([{ code: 'usb.too-slow', detail: '480 Mb/s' }]);
  expect(troublesOf({ ...place, device: fast, isFast: false }, kernel())).toEqual([]);
  expect(troublesOf({ ...place, device: { ...device, usbVersion: '2.10' } }, kernel())).toEqual([]);
  expect(troublesOf({ ...place, device: { ...device, speedMbps: 12 } }, kernel())).toMatchObject([{ code: 'usb.too-slow' }]);
});

test('a voltage that is too low is a matter of the machine, until it is normal again', () => {
  const low = 'hwmon hwmon1: Undervoltage detected!';
  expect(troublesOfMachine(kernel(low, low), 'S-1')).toEqual([{ code: 'usb.undervoltage', what: 'S-1', detail: `2 x ${low}` }]);
  expect(troublesOfMachine(kernel(low, 'hwmon hwmon1: Voltage normalised'), 'S-1')).toEqual([]);
});

test('a log that cannot be read is said, and one that can is followed', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-kmsg-'));
  const none = followKernelLog(path.join(folder, 'none'));
  await vi.waitFor(() => expect(troublesOfMachine(none.state(), 'S-1')).toMatchObject([{ code: 'usb.log-unreadable', what: 'S-1' }]));
  none.close();
  // A pipe stays open, as /dev/kmsg does.
  const fifo = path.join(folder, 'kmsg');
  execFileSync('mkfifo', [fifo]);
  const log = followKernelLog(fifo);
  const writer = await fs.promises.open(fifo, 'w');
  await writer.write('3,812,88136789,-;usb usb1-port3: unable to enumerate USB device\n SUBSYSTEM=usb\n');
  await vi.waitFor(() => expect(troublesOf({ ...place, device: null }, log.state())).toMatchObject([{ code: 'usb.no-answer' }]));
  log.close();
  await writer.close();
  fs.rmSync(folder, { recursive: true });
});
