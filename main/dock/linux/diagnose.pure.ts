import { type Failure, failed } from '../../contract/errors.ts';
import { describeDevice } from './admission.pure.ts';
import type { KernelState } from './kernel-log.pure.ts';
import type { UsbPlace } from './usb-tree.pure.ts';

/** What is wrong with a socket or with what is in it, out of sysfs and the kernel's log; nothing is guessed. */
export function troublesOf(place: UsbPlace, kernel: KernelState | null): Failure[] {
  const { device, names } = place;
  const what = device ? describeDevice(device) : place.slot;
  const disks = device?.disks.map((disk) => disk.name) ?? [];
  const said = [...names, ...disks].flatMap((about) =>
    [...(kernel?.get(about) ?? [])].map(([code, { text, count }]) => failed(code, what, `${count} x ${text}`).failure),
  );
  const isSaid = (code: Failure['code']) => said.some((failure) => failure.code === code);
  if (place.overCurrents > 0 && !isSaid('usb.no-power')) said.push(failed('usb.no-power', what, `over-current x ${place.overCurrents}`).failure);
  if (isTooSlow(place) && !isSaid('usb.too-slow')) said.push(failed('usb.too-slow', what, `${device?.speedMbps} Mb/s`).failure);
  return said;
}

/** What is wrong with the machine as a whole; that its log cannot be read (null), to begin with. */
export function troublesOfMachine(kernel: KernelState | null, station: string): Failure[] {
  if (kernel === null) return [failed('usb.log-unreadable', station).failure];
  return [...(kernel.get('machine') ?? [])].map(([code, { text, count }]) => failed(code, station, `${count} x ${text}`).failure);
}

/**
 * A disk of USB 3 with USB 2 in a socket that can do USB 3; or any disk at less than USB 2 can. `3.00` is what a device
 * calls itself that was made for USB 3; one that says 2.10 may be one or not, so nothing is said of it.
 */
function isTooSlow({ device, isFast }: UsbPlace): boolean {
  if (device === null || device.isHub || device.speedMbps === null || device.disks.length === 0) return false;
  return device.speedMbps < 480 || (isFast && Number(device.usbVersion) >= 3 && device.speedMbps < 5000);
}
