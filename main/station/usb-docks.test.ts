import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStationLab, type StationLab } from '../../fixtures/station-lab.ts';
import { failed } from '../contract/errors.ts';
import type { UsbDevice } from '../dock/index.ts';
import { knownOrNot } from './usb-docks.ts';

let lab: StationLab;
beforeEach(async () => {
  lab = await openStationLab();
});
afterEach(() => lab.close());

const device = (serial: string | null): UsbDevice => ({
  ...{ path: '/sys/a', slot: 'a', instance: '1-2', vendorId: '1b4f', productId: '9206', manufacturer: 'Lab', product: 'Camera', serial },
  ...{ isHub: false, speedMbps: 480, usbVersion: '2.00', isFixed: false, interfaces: [], isPartial: false, disks: [], isComing: false },
});

test('a registered camera that shows no disk is in the wrong mode; a stranger, and one without a serial, is no camera', async () => {
  expect(await lab.client.docking.registerCamera({ serial: 'KNOWN-0001', profile: 'generic-dcim' })).toMatchObject({ ok: true });
  const { failure } = failed('usb.not-a-camera', 'the device');
  const { ledger } = lab.station;
  expect(knownOrNot(ledger, device('KNOWN-0001'), failure)).toEqual({ ...failure, code: 'usb.wrong-mode' });
  expect(knownOrNot(ledger, device('OTHER-0001'), failure)).toBe(failure);
  expect(knownOrNot(ledger, device(null), failure)).toBe(failure);
  const composite = failed('usb.composite', 'the device').failure;
  expect(knownOrNot(ledger, device('KNOWN-0001'), composite)).toBe(composite);
});
