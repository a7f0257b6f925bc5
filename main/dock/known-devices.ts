import type { UsbFacts } from '../contract/entries/dock.ts';
import type { Ledger } from '../ledger/index.ts';
import { sql } from '../store/index.ts';
import { findCamera } from './register.ts';

/** Port numbers given to USB positions so far. */
export function rememberedPorts(ledger: Ledger): { place: string; port: number }[] {
  return sql<{ place: string; port: number }>(ledger.reader, 'SELECT place, port FROM ports ORDER BY port').all();
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

/** What a device is known again by; one without a serial only by its file systems. */
export function marksOf({ vendorId, productId, serial, volumes }: UsbFacts): string[] {
  return [...(serial === null ? [] : [`usb:${vendorId}:${productId}:${serial}`]), ...volumes.map((volume) => `volume:${volume}`)];
}
