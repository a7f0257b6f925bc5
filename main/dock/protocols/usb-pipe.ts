/// <reference types="w3c-web-usb" />
import { access, constants } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type { UsbDevice } from 'usb/index.js';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { ControlPipe, ControlRequest } from './driver.ts';

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
  await reachable(`/dev/bus/usb/${String(bus).padStart(3, '0')}/${String(address).padStart(3, '0')}`);
  const device = (await usb.getDevices()).find((one) => Number(one.bus) === bus && one.address === address);
  if (!device) throw new Error('gone');
  await device.open();
  return device;
}

/** udev gives the node to the station a moment after the kernel made it; one that is not given within a while is opened all the same, and says why not. */
async function reachable(node: string): Promise<void> {
  for (let waits = 0; waits < NODE_WAITS; waits += 1) {
    const refused = await access(node, constants.R_OK | constants.W_OK).catch((error: NodeJS.ErrnoException) => error.code);
    if (refused !== 'EACCES') return;
    await setTimeout(NODE_EVERY_MS);
  }
}

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
