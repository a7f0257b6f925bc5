import type { UsbFacts } from '../contract/entries/dock.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { findCamera, type KnownCamera } from './register.ts';

export type RememberedPort = { place: string; port: number /** An admin showed which place it is. */; learned: boolean };

/** Port numbers that USB positions have. */
export function rememberedPorts(ledger: Ledger): RememberedPort[] {
  const rows = sql<{ place: string; port: number; learned: number }>(ledger.reader, 'SELECT place, port, learned FROM ports ORDER BY port').all();
  return rows.map((row) => ({ ...row, learned: row.learned === 1 }));
}

/**
 * Whether a device is one under which a registered camera is known: its serial is in the register, or it (or a file system
 * of it) was docked as that camera before. This admits it to be looked at; which camera it is, its files still have to say.
 */
export function isKnownDevice(ledger: Ledger, device: UsbFacts): boolean {
  if (device.serial !== null && findCamera(ledger, device.serial, 'usb-serial')) return true;
  const seen = sql(ledger.reader, 'SELECT 1 FROM camera_devices WHERE mark = ? LIMIT 1');
  return marksOf(device).some((mark) => seen.get(mark) !== undefined);
}

/**
 * The camera that was docked as this USB device before, by vendor, product and serial: an empty one has no names to be known
 * by. Null when none was, or more than one: then the serial is not the camera's alone.
 */
export function cameraOfDevice(ledger: Ledger, { vendorId, productId, serial }: UsbFacts): KnownCamera | null {
  if (serial === null) return null;
  const cameras = sql<{ camera_id: string; serial: string; profile: string }>(
    ledger.reader,
    `SELECT DISTINCT root.camera_id, root.serial, root.profile FROM camera_devices
     JOIN cameras seen USING (camera_id) JOIN cameras root ON root.camera_id = seen.same_as WHERE mark = ? LIMIT 2`,
  ).all(markOf({ vendorId, productId, serial }));
  const [camera, other] = cameras;
  if (!camera || other) return null;
  return { cameraId: camera.camera_id, serial: camera.serial, profile: camera.profile, identitySource: 'usb-serial' };
}

/** A device by its numbers; without a serial, all of its kind. */
export function markOf({ vendorId, productId, serial }: Pick<UsbFacts, 'vendorId' | 'productId' | 'serial'>): string {
  return `usb:${vendorId}:${productId}:${serial ?? ''}`;
}

/** What a device is known again by; one without a serial only by its file systems. */
export function marksOf({ vendorId, productId, serial, volumes }: UsbFacts): string[] {
  return [...(serial === null ? [] : [markOf({ vendorId, productId, serial })]), ...volumes.map((volume) => `volume:${volume}`)];
}
