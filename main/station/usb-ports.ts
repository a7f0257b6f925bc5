import type { LearnedPort, UsbPort, UsbReport } from '../contract/api/docking.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import type { Actor } from '../contract/values.ts';
import { describeDevice, readPorts, readSysfs, troublesOf, troublesOfMachine, type UsbPlace, usbPlaces } from '../dock/index.ts';
import type { Station } from './open-station.ts';

const notWatched = (station: Station) => failed('usb.not-watched', station.identity.stationCode);

/** Every USB socket of the machine as it is now, and what is wrong with it; fails with `usb.not-watched`. */
export function usbPortsOf(station: Station): Result<UsbReport> {
  if (!station.portLearning || !station.kernelLog) return notWatched(station);
  const kernel = station.kernelLog.state();
  const name = station.identity.stationCode;
  return done({
    ports: usbPlaces(readSysfs(), readPorts()).map((place) => portOf(station, place, troublesOf(place, kernel))),
    failures: troublesOfMachine(kernel, name),
  });
}

function portOf({ ports, dockings }: Station, { slot, device }: UsbPlace, troubles: readonly Failure[]): UsbPort {
  const ofDock = ports.isOfDock(slot);
  const port = ofDock ? ports.numberIfAny(slot) : null;
  const docked = dockings.live().filter((live) => live.port === port && live.state !== 'ended');
  return {
    place: slot,
    port,
    learned: ports.isLearned(slot),
    ofDock,
    device: device && { name: describeDevice(device), isHub: device.isHub, speedMbps: device.speedMbps },
    failures: [...docked.flatMap((live) => live.failures), ...troubles],
  };
}

export async function learnPort(station: Station, port: number, by: Actor, signal: AbortSignal): Promise<Result<LearnedPort>> {
  return station.portLearning ? station.portLearning.learn(port, by, signal) : notWatched(station);
}

export async function forgetPort(station: Station, port: number, by: Actor): Promise<Result<void>> {
  return station.portLearning ? station.portLearning.forget(port, by) : notWatched(station);
}
