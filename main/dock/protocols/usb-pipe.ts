/// <reference types="w3c-web-usb" />
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { UsbDevice } from 'usb/index.js';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { ControlPipe, ControlRequest } from './driver.ts';
import type { BulkPipe } from './mtp/session.ts';

/** How long udev is waited for: 5 s, as for what else a device needs to be known. */
const NODE_WAITS = 50;
const NODE_EVERY_MS = 100;

/**
 * Opens a USB device by its bus and device number (`2-5`, as the kernel counts what was plugged in), lets `act` talk to it,
 * and closes it; the library gives a request one second. Fails with `camera.no-answer` when it is not there any more or may not be opened.
 */
export async function withUsbPipe<T>(instance: string, act: (pipe: ControlPipe) => Promise<Result<T>>): Promise<Result<T>> {
  const device = await answered(() => open(instance));
  if (!device.ok) return device;
  try {
    return await act(pipeOf(device.value));
  } finally {
    // One that has left the bus has nothing to be closed.
    await answered(() => device.value.close());
  }
}

async function open(instance: string): Promise<UsbDevice> {
  // Loaded when it is needed: a machine it is not made for can still run a station.
  const { usb } = await import('usb');
  const [bus, address] = instance.split('-').map(Number);
  await reachable(instance);
  const device = (await usb.getDevices()).find((one) => Number(one.bus) === bus && one.address === address);
  if (!device) throw new Error('gone');
  await device.open();
  return device;
}

/** udev gives the node to the station a moment after the kernel made it; one that is not given within a while is opened all the same, and says why not. */
async function reachable(instance: string): Promise<void> {
  for (let waits = 0; waits < NODE_WAITS && !isReachable(instance); waits += 1) await setTimeout(NODE_EVERY_MS);
}

/** Whether this station may talk to a USB device; one that is gone will say so itself. */
export function isReachable(instance: string): boolean {
  const [bus, address] = instance.split('-').map((number) => number.padStart(3, '0'));
  try {
    fs.accessSync(`/dev/bus/usb/${bus}/${address}`, fs.constants.R_OK | fs.constants.W_OK);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'EACCES';
  }
}

/** A device of which the station has an interface of its own. */
export type OpenBulk = {
  pipe: BulkPipe;
  /** The device as it is after it was plugged in: whatever it was in the middle of is over. */
  reset(): Promise<Result<void>>;
  close(): Promise<void>;
};

/** A device has this long for a transfer, ms: some think about a folder of thousands of files. */
const BULK_MS = 30_000;

/** Opens the still-image interface (class 6/1/1) of a USB device. Fails with `camera.no-answer`. */
export async function openBulk(instance: string): Promise<Result<OpenBulk>> {
  const device = await answered(() => open(instance));
  if (!device.ok) return device;
  const usb = device.value;
  const close = () => answered(() => usb.close()).then(() => undefined);
  const claimed = await answered(() => claim(usb));
  if (!claimed.ok) {
    await close();
    return claimed;
  }
  const { number, into, outOf } = claimed.value;
  const pipe: BulkPipe = {
    async send(bytes) {
      // The library's calls after WebUSB's leave a transfer one second.
      const sent = await answered(() => usb.nativeTransferOut(outOf.endpointNumber, BULK_MS, bytes));
      if (!sent.ok) return sent;
      return sent.value === bytes.length ? done(undefined) : failed('camera.no-answer', '', `took ${sent.value} bytes`);
    },
    async receive(lengthBytes) {
      const wholePackets = Math.ceil(lengthBytes / into.packetSize) * into.packetSize;
      const received = await answered(() => usb.nativeTransferIn(into.endpointNumber, BULK_MS, wholePackets));
      if (!received.ok) return received;
      return received.value ? done(received.value) : failed('camera.no-answer', '', 'stall');
    },
  };
  return done({
    pipe,
    // Given back by name: the library lets go of what is only closed when it likes, and it would be busy for whoever opens it next.
    close: async () => {
      await answered(() => usb.releaseInterface(number));
      await close();
    },
    reset: () =>
      answered(async () => {
        await usb.releaseInterface(number);
        await usb.reset();
        await usb.claimInterface(number);
      }),
  });
}

async function claim(usb: UsbDevice) {
  const found = usb.configuration?.interfaces.find(({ alternate }) => isStillImage(alternate));
  const bulk = (direction: 'in' | 'out') => found?.alternate.endpoints.find((one) => one.type === 'bulk' && one.direction === direction);
  const [into, outOf] = [bulk('in'), bulk('out')];
  if (!found || !into || !outOf) throw new Error('no still-image interface');
  await usb.claimInterface(found.interfaceNumber);
  return { number: found.interfaceNumber, into, outOf };
}

const isStillImage = (one: USBAlternateInterface) => one.interfaceClass === 6 && one.interfaceSubclass === 1 && one.interfaceProtocol === 1;

function pipeOf(device: UsbDevice): ControlPipe {
  const setup = ({ request, value, index }: ControlRequest) => ({
    requestType: 'vendor' as const,
    recipient: 'device' as const,
    request,
    value,
    index,
  });
  return {
    async send(request, bytes) {
      const sent = await answered(() => device.controlTransferOut(setup(request), new Uint8Array(bytes)));
      if (!sent.ok) return sent;
      return sent.value.bytesWritten === bytes.length ? done(undefined) : failed('camera.no-answer', '', `took ${sent.value.bytesWritten} bytes`);
    },
    async ask(request, lengthBytes) {
      const asked = await answered(() => device.controlTransferIn(setup(request), lengthBytes));
      if (!asked.ok) return asked;
      const { data } = asked.value;
      return data ? done(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) : failed('camera.no-answer', '', asked.value.status);
    },
  };
}

/** What the library throws is always of the device: it stalled, was too slow, may not be opened, or is gone. */
async function answered<T>(act: () => Promise<T>): Promise<Result<T>> {
  try {
    return done(await act());
  } catch (error) {
    return failed('camera.no-answer', '', String(error));
  }
}
