import type { Logger } from 'pino';
import type { LiveDocking } from '../contract/api/docking.ts';
import type { UsbFacts } from '../contract/entries/dock.ts';
import { type Failure, failed } from '../contract/errors.ts';
import type { PolicyValues } from '../contract/policy.ts';
import { describeDevice, isKnownDevice, type LinuxDock, type UsbDevice, type Volume, watchLinuxDock } from '../dock/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { blankCard } from './blank-card.ts';
import type { PortLearning } from './learn-port.ts';
import type { Ports } from './ports.ts';

export type UsbDocksOptions = {
  ledger: Ledger;
  stationId: string;
  ports: Ports;
  learning: PortLearning;
  log: Logger;
  now(): string;
  admission(): PolicyValues['camera-admission'];
  attach(volume: Volume): void;
  detach(volume: Volume): void;
};

const ACTOR = { kind: 'system' as const, id: 'dock' };

/** USB devices that were refused and are still in, as cards of their ports. */
export type Strangers = { list(): LiveDocking[]; add(device: UsbDevice, card: LiveDocking): void; remove(device: UsbDevice): void };

export function createStrangers(): Strangers {
  const cards = new Map<string, LiveDocking>();
  return {
    list: () => [...cards.values()],
    add: (device, card) => cards.set(keyOf(device), card),
    remove: (device) => cards.delete(keyOf(device)),
  };
}

/**
 * Watches the station's USB ports: cameras become volumes, everything else is refused by name on its port's card and on the
 * ledger. A port gets its number once and keeps it.
 */
export function watchUsbDocks(options: UsbDocksOptions, strangers: Strangers): Promise<LinuxDock> {
  const { ledger, log, ports, now } = options;

  async function number(place: string): Promise<number> {
    const known = ports.numberIfAny(place);
    const port = known ?? ports.numberOf(place);
    if (known === null) {
      const subject = { kind: 'station' as const, id: options.stationId };
      await ledger.append([{ type: 'port.numbered', subject, actor: ACTOR, at: now(), body: { port, place } }]);
    }
    return port;
  }

  async function refuse(device: UsbDevice, failure: Failure): Promise<void> {
    const port = await number(device.slot);
    const shown = { ...failure, what: `${failure.what} @ ${port}` };
    const card = refusedCard(device, port, shown);
    strangers.add(device, card);
    log.warn({ failure: shown, slot: device.slot }, 'a USB device was refused');
    await ledger.append([
      {
        type: 'docking.refused',
        subject: { kind: 'docking', id: card.dockingId },
        refs: [{ kind: 'port', id: String(port), role: 'port' }],
        actor: ACTOR,
        at: now(),
        body: {
          port,
          reason: reasonOf(failure),
          serial: device.serial,
          device: factsOf(device, []),
          deviceName: describeDevice(device).slice(0, 250),
        },
      },
    ]);
  }

  return watchLinuxDock({
    stationId: options.stationId,
    admits(device, volumeIds) {
      if (options.admission() === 'set-up' || isKnownDevice(ledger, factsOf(device, volumeIds))) return null;
      return failed('camera.not-registered', describeDevice(device)).failure;
    },
    isOfDock: ports.isOfDock,
    onPlugged: options.learning.plugged,
    async onAttach(volume) {
      await number(volume.slot);
      log.info({ slot: volume.slot, mountMode: volume.mountMode, fileSystem: volume.fileSystem }, 'attached');
      options.attach(volume);
    },
    onDetach(volume) {
      log.info({ slot: volume.slot }, 'detached');
      options.detach(volume);
    },
    onRefused: refuse,
    onRefusedGone: strangers.remove,
    onTrouble: (what) => log.warn({ what }, 'USB ports cannot be watched as they should be'),
  });
}

type Reason = 'camera.not-registered' | 'camera.unreadable' | 'usb.not-a-camera' | 'usb.composite' | 'usb.not-privileged';
const REASONS: readonly string[] = ['camera.not-registered', 'usb.not-a-camera', 'usb.composite', 'usb.not-privileged'] satisfies Reason[];

function reasonOf({ code }: Failure): Reason {
  return REASONS.includes(code) ? (code as Reason) : 'camera.unreadable';
}

function factsOf({ vendorId, productId, serial }: UsbDevice, volumes: readonly string[]): UsbFacts {
  return { vendorId, productId, serial, volumes: [...volumes] };
}

function keyOf(device: UsbDevice): string {
  return `${device.path} ${device.instance}`;
}

function refusedCard(device: UsbDevice, port: number, failure: Failure): LiveDocking {
  return { ...blankCard(port, describeDevice(device)), state: 'refused', failures: [failure] };
}
