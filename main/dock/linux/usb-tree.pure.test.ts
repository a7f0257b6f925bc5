import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { describeDevice, judge } from './admission.pure.ts';
import { type SysfsRecord, type UsbDevice, usbDevices, usbPlaces } from './usb-tree.pure.ts';

// Recorded in the guest of fixtures/usb-lab by readSysfs, while it had in it: a camera in port 3, a hub in port 11 with a camera
// in its second port, a keyboard in port 7, a gadget with two disks and a CD-ROM, and a gadget that is a disk and a keyboard.
const record = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'recorded/lab.json'), 'utf8')) as SysfsRecord;
const devices = usbDevices(record);

function at(slot: string): UsbDevice {
  const found = devices.find((device) => device.slot === slot);
  if (!found) throw new Error(`nothing at ${slot}: ${devices.map((device) => device.slot).join(', ')}`);
  return found;
}

const PCI = 'pci-0000:00:07.0';

test('a camera has its place by controller and socket, whichever side of the socket it uses, and its disk by its path', () => {
  const camera = at(`${PCI}-usb2-3`);
  expect(camera).toMatchObject({ vendorId: '46f4', productId: '0001', serial: 'REC-PORT-3', isHub: false, isComing: false });
  expect(camera.path).toMatch(/\/usb2\/2-3$/);
  expect(record.usb[camera.path.replace(/\/2-3$/, '')]?.['version']).toBe('3.00');
  expect(camera.disks).toMatchObject([{ isReadOnly: false, volumes: [{ name: expect.stringMatching(/^sd[a-z]1$/) }] }]);
  expect(judge(camera)).toBe('storage');
});

test('a camera behind a hub is in the place of its hub port, and its disk is not the hub’s', () => {
  const hub = at(`${PCI}-usb2-11`);
  expect([hub.isHub, hub.disks, judge(hub)]).toEqual([true, [], 'ignored']);
  expect(at(`${PCI}-usb2-11.2`)).toMatchObject({ serial: null, disks: [{ volumes: [{ name: expect.stringMatching(/^sd[a-z]$/) }] }] });
});

test('a keyboard is no camera, and a disk that is a keyboard as well is refused for what it is', () => {
  const keyboard = at(`${PCI}-usb2-7`);
  expect([judge(keyboard), describeDevice(keyboard)]).toEqual(['usb.not-a-camera', expect.stringMatching(/^0627:0001 QEMU QEMU USB Keyboard #/)]);
  const composite = at('platform-dummy_hcd.0-usb2-1');
  expect([judge(composite), describeDevice(composite)]).toEqual(['usb.composite', '1b4f:9206 Lab Body Camera #BAD-0001']);
});

test('the disks of one camera are its own, a CD-ROM is none of them', () => {
  const camera = at('platform-dummy_hcd.1-usb2-1');
  expect(camera.disks.map((disk) => disk.volumes.length)).toEqual([1, 1]);
  expect(judge(camera)).toBe('storage');
});

const some = (is: Partial<UsbDevice>): UsbDevice => ({ ...at(`${PCI}-usb2-3`), ...is });
const interfaces = (...classes: string[]) => classes.map((one) => ({ class: one, subclass: '00', protocol: '00' }));
const MTP = { class: '06', subclass: '01', protocol: '01' };

test.each([
  ['a webcam that is a disk as well', { interfaces: interfaces('0e', '01', '08') }, 'storage'],
  ['a disk with a part of its maker’s own', { interfaces: interfaces('08', 'ff') }, 'storage'],
  ['a disk that is a network card as well', { interfaces: interfaces('08', '02', '0a') }, 'usb.composite'],
  ['a camera that speaks MTP', { interfaces: [MTP] }, 'objects'],
  ['a camera that speaks MTP and is a disk as well', { interfaces: [MTP, ...interfaces('08')] }, 'storage'],
  ['a still-image device that speaks something else', { interfaces: interfaces('06') }, 'usb.not-a-camera'],
  ['a telephone that speaks MTP and is a network card', { interfaces: [MTP, ...interfaces('02', '0a')] }, 'usb.composite'],
  ['a locked camera of its maker’s own kind', { interfaces: interfaces('ff') }, 'usb.not-a-camera'],
  ['a device that is still being set up', { isPartial: true, interfaces: interfaces('01') }, 'waiting'],
  ['what is built into the machine', { isFixed: true, interfaces: interfaces('03') }, 'ignored'],
] as const)('%s', (_, is, verdict) => {
  expect(judge(some(is as Partial<UsbDevice>))).toBe(verdict);
});

function withSerial(serial: string): UsbDevice {
  const { path: node } = at(`${PCI}-usb2-3`);
  const usb = { ...record.usb, [node]: { ...record.usb[node], serial } };
  const found = usbDevices({ ...record, usb }).find((device) => device.path === node);
  if (!found) throw new Error('gone');
  return found;
}

test.each(['', '0000000000', '0123456789ABCDEF', '123456789012', '0123456789abcdef', '12'])('the serial "%s" tells nothing', (serial) => {
  expect(withSerial(serial).serial).toBeNull();
});

test('what a device says of itself is one short line, whatever it tries', () => {
  expect(withSerial(`A\u0000B\n\u202E${'x'.repeat(300)}`).serial).toBe(`AB${'x'.repeat(98)}`);
});

test('a device of which an interface is not there yet, or cannot be read any more, is not judged by the others', () => {
  const { path: node } = at(`${PCI}-usb2-3`);
  const partial = (usb: SysfsRecord['usb']) => usbDevices({ ...record, usb: { ...record.usb, ...usb } }).find((one) => one.path === node)?.isPartial;
  expect(partial({})).toBe(false);
  expect(partial({ [node]: { ...record.usb[node], bNumInterfaces: '2' } })).toBe(true);
  expect(partial({ [`${node}/2-3:1.0`]: {} })).toBe(true);
  // Before it is configured it says nothing of them.
  const bare = Object.fromEntries(Object.entries(record.usb).filter(([at]) => !at.startsWith(`${node}/`)));
  const unconfigured = { ...record, usb: { ...bare, [node]: { ...record.usb[node], bNumInterfaces: '' } } };
  expect(usbDevices(unconfigured).find((one) => one.path === node)?.isPartial).toBe(true);
});

test('a disk without a medium has nothing to mount, and one that is not there yet is waited for', () => {
  const camera = at(`${PCI}-usb2-3`);
  const disk = camera.disks[0]?.path ?? '';
  const empty = { ...record.block, [disk]: { ...record.block[disk], size: '0' } };
  expect(usbDevices({ ...record, block: empty }).find((one) => one.path === camera.path)?.disks).toMatchObject([{ volumes: [] }]);
  const coming = Object.fromEntries(Object.entries(record.block).filter(([node]) => !node.startsWith(disk)));
  expect(usbDevices({ ...record, block: coming }).find((one) => one.path === camera.path)).toMatchObject({ isComing: true, disks: [] });
});

test('a socket is one place with both of its sides, empty or not; a hub has its own behind it, all in order', () => {
  const root = '/sys/devices/pci0000:00/0000:00:07.0';
  const sides = (port: number) => [`${root}/usb1/1-0:1.0/usb1-port${port}`, `${root}/usb2/2-0:1.0/usb2-port${port}`] as const;
  const socket = (port: number, connect_type: string, over_current_count = '0') => {
    const [two, three] = sides(port);
    return { [two]: { connect_type, over_current_count, peerPort: three }, [three]: { connect_type, peerPort: two } };
  };
  const places = usbPlaces(record, {
    ...socket(12, 'hotplug', '3'),
    ...socket(3, 'hotplug'),
    ...socket(11, 'hotplug'),
    ...socket(4, 'not used'),
    [`${root}/usb1/1-11/1-11:1.0/1-11-port2`]: { connect_type: 'unknown' },
    [`${root}/usb1/1-11/1-11:1.0/1-11-port10`]: { connect_type: 'unknown' },
  });
  const inIt = (device: UsbDevice | null) => device && (device.isHub ? 'hub' : device.serial);
  expect(
    places.map(({ slot, names, isFast, overCurrents, device }) => [slot.replace(`${PCI}-`, ''), names, isFast, overCurrents, inIt(device)]),
  ).toEqual([
    ['usb2-3', ['1-3', '2-3'], true, 0, 'REC-PORT-3'],
    ['usb2-11', ['1-11', '2-11'], true, 0, 'hub'],
    ['usb2-11.2', ['1-11.2'], false, 0, null],
    ['usb2-11.10', ['1-11.10'], false, 0, null],
    ['usb2-12', ['1-12', '2-12'], true, 3, null],
  ]);
  expect(places[2]?.device?.productId).toBe('0001');
});
