import { expect, test } from 'vitest';
import { createDamping, STEADY_MS } from './damping.pure.ts';
import type { UsbDevice } from './usb-tree.pure.ts';

const device = (slot: string): UsbDevice => ({
  ...{ path: `/sys/${slot}`, slot, instance: '1-2', vendorId: '1b4f', productId: '9206', manufacturer: 'Lab', product: 'Camera', serial: 'S-0001' },
  ...{ isHub: false, speedMbps: 480, usbVersion: '2.00', isFixed: false, interfaces: [], isPartial: false, disks: [], isComing: false },
});

function comingEvery(ms: number, count: number) {
  const damping = createDamping();
  for (let n = 0; n < count; n += 1) damping.came(device('a'), n * ms);
  return { trouble: (slot: string, nowMs: number) => damping.troubleOf(device(slot), nowMs), damping, lastMs: (count - 1) * ms };
}

test('a device that comes every two seconds is unstable at its fifth coming, by name, and other places are not', () => {
  const four = comingEvery(2000, 4);
  expect(four.trouble('a', four.lastMs)).toBeNull();
  const five = comingEvery(2000, 5);
  expect(five.trouble('a', five.lastMs)).toEqual({ code: 'usb.unstable', what: '1b4f:9206 Lab Camera #S-0001', detail: '' });
  expect(five.trouble('b', five.lastMs)).toBeNull();
});

test('a person who puts a camera in and takes it out every six seconds is no loop', () => {
  const { trouble, lastMs } = comingEvery(6000, 20);
  expect(trouble('a', lastMs)).toBeNull();
});

test('once it is steady it is as good as new, and it takes five more comings until it is unstable again', () => {
  const { trouble, damping, lastMs } = comingEvery(1000, 9);
  expect(trouble('a', lastMs + STEADY_MS - 1)?.code).toBe('usb.unstable');
  expect(trouble('a', lastMs + STEADY_MS)).toBeNull();
  damping.came(device('a'), lastMs + STEADY_MS + 1);
  expect(trouble('a', lastMs + STEADY_MS + 2)).toBeNull();
});
