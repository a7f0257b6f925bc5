import { expect, test } from 'vitest';
import { type KernelState, messageOf, readKernelLine, withWord } from './kernel-log.pure.ts';

// Lines of real machines, as people have published them in bug reports.
const RECORDED: readonly [string, string | null, string | null][] = [
  ['usb 2-3: new full-speed USB device number 3 using xhci_hcd', null, null],
  ['usb 2-3: device descriptor read/64, error -71', '2-3', 'usb.no-answer'],
  ['usb usb2-port3: attempt power cycle', null, null],
  ['usb 2-3: Device not responding to setup address.', '2-3', 'usb.no-answer'],
  ['usb 2-3: device not accepting address 4, error -71', '2-3', 'usb.no-answer'],
  ['usb 2-3: WARN: invalid context state for evaluate context command.', null, null],
  ['usb usb2-port3: unable to enumerate USB device', '2-3', 'usb.no-answer'],
  ['usb 1-1.1.3-port1: unable to enumerate USB device', '1-1.1.3.1', 'usb.no-answer'],
  ['usb 2-1.1: device descriptor read/64, error -110', '2-1.1', 'usb.no-answer'],
  ['usb 5-1-port2: Cannot enable. Maybe the USB cable is bad?', '5-1.2', 'usb.no-answer'],
  ['usb 1-1-port2: over-current change #267', '1-1.2', 'usb.no-power'],
  ['usb 1-1.2: rejected 1 configuration due to insufficient available bus power', '1-1.2', 'usb.no-power'],
  ['usb 1-1.2: not running at top speed; connect to a high speed hub', '1-1.2', 'usb.too-slow'],
  ['usb 5-1.4.4: Not enough bandwidth for altsetting 1', null, null],
  ['hwmon hwmon1: Undervoltage detected!', 'machine', 'usb.undervoltage'],
  ['Under-voltage detected! (0x00050005)', 'machine', 'usb.undervoltage'],
  ['hwmon hwmon1: Voltage normalised', 'machine', 'settled'],
  ['print_req_error: I/O error, dev sda, sector 266240', 'sda', 'usb.read-errors'],
  ['Buffer I/O error on dev sda1, logical block 512, async page read', null, null],
  ['usb 1-1.3: USB disconnect, device number 18', '1-1.3', 'settled'],
];

test.each(RECORDED)('%s', (text, about, says) => {
  const word = readKernelLine(text);
  expect([word?.about ?? null, word?.says ?? null]).toEqual([about, says]);
});

// Out of the kernel's source (drivers/usb/core/hub.c, drivers/usb/host/xhci.c, drivers/scsi/sd.c of 6.1).
test.each([
  ['usb 1-7: Not enough host controller resources for new device state.', '1-7', 'usb.controller-full'],
  ["usb usb1-port9: couldn't allocate usb_device", '1-9', 'usb.controller-full'],
  ['usb usb1-port3: over-current condition', '1-3', 'usb.no-power'],
  ['critical medium error, dev sdb, sector 2048 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2', 'sdb', 'usb.read-errors'],
  ['sd 6:0:0:0: [sdb] Attached SCSI removable disk', 'sdb', 'settled'],
])('%s', (text, about, says) => {
  expect(readKernelLine(text)).toMatchObject({ about, says });
});

test('a device cannot put words into the mouth of the kernel: what it calls itself stands behind its place', () => {
  expect(readKernelLine('usb 1-3: Product: usb 1-4: device not accepting address 4, error -71')).toBeNull();
  expect(readKernelLine('usb 1-3: SerialNumber: over-current condition')).toBeNull();
});

test('a record of /dev/kmsg is its message, without the properties that follow it', () => {
  expect(messageOf('3,812,88136789,-;usb usb2-port3: unable to enumerate USB device')).toBe('usb usb2-port3: unable to enumerate USB device');
  expect(messageOf(' SUBSYSTEM=usb')).toBeNull();
  expect(messageOf('6,1,0,-;a; b')).toBe('a; b');
});

function read(...lines: string[]): KernelState {
  return lines.flatMap((line) => readKernelLine(line) ?? []).reduce<KernelState>(withWord, new Map());
}

test('what was said of a place stands until something else is there, or nothing', () => {
  const failing = [
    'usb 2-3: device descriptor read/64, error -71',
    'usb 2-3: device descriptor read/64, error -71',
    'usb 2-4: rejected 1 configuration due to insufficient available bus power',
  ];
  const state = read(...failing);
  expect(state.get('2-3')?.get('usb.no-answer')).toEqual({ text: failing[1], count: 2 });
  expect([...(state.get('2-4')?.keys() ?? [])]).toEqual(['usb.no-power']);
  expect([...read(...failing, 'usb 2-3: New USB device found, idVendor=46f4, idProduct=0001, bcdDevice= 0.00').keys()]).toEqual(['2-4']);
});
