import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lab, openLab } from '../../fixtures/ledger-lab.ts';
import type { UsbFacts } from '../contract/entries/dock.ts';
import { newDockingId } from '../ingest/index.ts';
import { cameraOfDevice, isKnownDevice, registerCamera } from './index.ts';

let folder: string;
let lab: Lab;
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-devices-'));
  lab = await openLab(path.join(folder, 'data'));
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true });
});

const at = '2026-03-02T08:00:00.000Z';
const actor = { kind: 'system' as const, id: 'dock' };
const device = (is: Partial<UsbFacts> = {}): UsbFacts => ({ vendorId: '2ca3', productId: '0022', serial: 'USB-1', volumes: ['1234-ABCD'], ...is });

/** Registers a camera by the names of its files and docks it as a device. */
async function docked(serial: string, as: UsbFacts) {
  const camera = await registerCamera(lab.ledger, { serial, identitySource: 'name-pattern', profile: 'ga-pattern' }, { actor, at, how: 'set-up' });
  await lab.ledger.append([
    {
      type: 'docking.started',
      subject: { kind: 'docking', id: newDockingId() },
      refs: [{ kind: 'camera', id: camera.cameraId, role: 'camera' }],
      actor,
      at,
      body: {
        port: 1,
        profile: 'ga-pattern',
        identitySource: 'name-pattern',
        identityCheck: 'none',
        mountMode: 'ro',
        fileSystem: 'vfat',
        device: as,
      },
    },
  ]);
  return camera;
}

test('a device is known once a registered camera was docked as it, by its serial or by its file system', async () => {
  expect(isKnownDevice(lab.ledger, device())).toBe(false);
  await docked('C370042', device());
  expect(isKnownDevice(lab.ledger, device())).toBe(true);
  expect(isKnownDevice(lab.ledger, device({ volumes: ['FFFF-0000'] }))).toBe(true);
  expect(isKnownDevice(lab.ledger, device({ serial: null }))).toBe(true);
  expect(isKnownDevice(lab.ledger, device({ serial: 'USB-2', volumes: ['FFFF-0000'] }))).toBe(false);
  expect(isKnownDevice(lab.ledger, device({ productId: '9999', volumes: [] }))).toBe(false);
});

test('a device whose serial is a registered camera’s is known before it was ever docked', async () => {
  await registerCamera(lab.ledger, { serial: 'USB-1', identitySource: 'operator', profile: 'generic-dcim' }, { actor, at, how: 'import' });
  expect(isKnownDevice(lab.ledger, device())).toBe(true);
});

test('an empty camera is the one that was docked as its device; not when two were', async () => {
  expect(cameraOfDevice(lab.ledger, device())).toBeNull();
  const camera = await docked('C370042', device());
  expect(cameraOfDevice(lab.ledger, device({ volumes: [] }))).toMatchObject({ cameraId: camera.cameraId, serial: 'C370042' });
  expect(cameraOfDevice(lab.ledger, device({ serial: null }))).toBeNull();
  await docked('C370043', device());
  expect(cameraOfDevice(lab.ledger, device())).toBeNull();
});
