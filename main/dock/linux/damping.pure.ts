import { type Failure, failed } from '../../contract/errors.ts';
import { describeDevice } from './admission.pure.ts';
import type { UsbDevice } from './usb-tree.pure.ts';

/** A person does not plug and pull one camera this often in this time, ms. A device that resets itself over and over does. */
const COMINGS = 5;
const WITHIN_MS = 20_000;
/** Once it stays, or stays away, for this long, it is taken for a new one, ms. */
export const STEADY_MS = 10_000;

/** When something last came to each place. */
export function createDamping() {
  const comings = new Map<string, number[]>();
  const looping = new Set<string>();
  return {
    came({ slot }: UsbDevice, nowMs: number): void {
      const recent = (comings.get(slot) ?? []).filter((ms) => nowMs - ms < WITHIN_MS);
      recent.push(nowMs);
      comings.set(slot, recent);
      if (recent.length >= COMINGS) looping.add(slot);
    },
    /** `usb.unstable` for what comes and goes by itself, until it has been steady for a while; else null. */
    troubleOf(device: UsbDevice, nowMs: number): Failure | null {
      const { slot } = device;
      if (!looping.has(slot)) return null;
      if (nowMs - (comings.get(slot)?.at(-1) ?? 0) < STEADY_MS) return failed('usb.unstable', describeDevice(device)).failure;
      looping.delete(slot);
      comings.delete(slot);
      return null;
    },
  };
}
