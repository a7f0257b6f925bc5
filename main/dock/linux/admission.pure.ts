import type { ErrorCode } from '../../contract/errors.ts';
import type { UsbDevice, UsbInterface } from './usb-tree.pure.ts';

/**
 * What may be done with a device before anything on it is looked at. `ignored`: hubs, what is built in. `waiting`: its
 * interfaces are not known yet. `storage`, and `objects` over MTP: may be looked at if the register admits it. Everything else
 * is refused.
 */
export type Verdict = 'ignored' | 'waiting' | 'storage' | 'objects' | Extract<ErrorCode, 'usb.not-a-camera' | 'usb.composite'>;

const MASS_STORAGE = '08';
/** What a camera may be besides a disk: a webcam, a microphone, a still-image device, or something of its maker's own. */
const BESIDE_STORAGE = ['08', '0e', '01', '06', 'ff'];

/** The still-image class, which MTP is met under. */
const isMtp = (one: UsbInterface) => one.class === '06' && one.subclass === '01' && one.protocol === '01';

/** Judges a device by its interfaces alone: names and numbers are whatever its maker wrote into it. */
export function judge(device: UsbDevice): Verdict {
  if (device.isHub || device.isFixed) return 'ignored';
  if (device.isPartial) return 'waiting';
  const isStorage = device.interfaces.some((one) => one.class === MASS_STORAGE);
  if (!isStorage && !device.interfaces.some(isMtp)) return 'usb.not-a-camera';
  if (!device.interfaces.every((one) => BESIDE_STORAGE.includes(one.class))) return 'usb.composite';
  return isStorage ? 'storage' : 'objects';
}

/** A device in one line, as a person finds it again: `046d:c31c Logitech USB Keyboard`, and its serial. */
export function describeDevice({ vendorId, productId, manufacturer, product, serial }: UsbDevice): string {
  return [`${vendorId}:${productId}`, manufacturer, product, serial === null ? '' : `#${serial}`].filter((part) => part !== '').join(' ');
}
