import type { Logger } from 'pino';
import type { LiveDocking } from '../contract/api/docking.ts';
import { DockingRefused, type UsbFacts } from '../contract/entries/dock.ts';
import { done, type Failure, failed, type Result } from '../contract/errors.ts';
import type { PolicyValues } from '../contract/policy.ts';
import {
  describeDevice,
  isKnownDevice,
  judge,
  type LinuxDock,
  type UnlockedCamera,
  type UsbDevice,
  type Volume,
  watchLinuxDock,
  withUsbPipe,
} from '../dock/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { blankCard } from './blank-card.ts';
import type { PortLearning } from './learn-port.ts';
import type { Ports } from './ports.ts';
import { lockedProfile, type UnlockContext, unlockCamera } from './unlock.ts';

export type UsbDocksOptions = {
  ledger: Ledger;
  stationId: string;
  ports: Ports;
  learning: PortLearning;
  log: Logger;
  now(): string;
  admission(): PolicyValues['camera-admission'];
  unlocking: UnlockContext;
  attach(volume: Volume): void;
  detach(volume: Volume): void;
};

const ACTOR = { kind: 'system' as const, id: 'dock' };
/** A camera that was unlocked and left the bus has not come back as a disk within this time: it was taken out. */
const COMING_MS = 30_000;

/** USB devices that were refused and are still in, are being unlocked, or are no volumes yet, as cards of their ports. */
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

  /** Cameras that were unlocked and are to come up as a disk, by their place. */
  const coming = new Map<string, { device: UsbDevice; camera: UnlockedCamera; timer: NodeJS.Timeout }>();

  /** What was unlocked in this place, if anything; it is waited for no longer. */
  function arrived(slot: string): UnlockedCamera | null {
    const found = coming.get(slot);
    if (!found) return null;
    clearTimeout(found.timer);
    coming.delete(slot);
    strangers.remove(found.device);
    return found.camera;
  }

  function unlock(device: UsbDevice): Promise<Result<void>> | null {
    const facts = factsOf(device, []);
    const { profiles } = options.unlocking;
    const profile = lockedProfile(
      profiles,
      facts,
      device.interfaces.map((one) => one.class),
    );
    if (!profile) return null;
    return (async () => {
      arrived(device.slot);
      const port = await number(device.slot);
      const card = blankCard(port, describeDevice(device));
      strangers.add(device, card);
      const target = { profile, device: facts, port, dockingId: card.dockingId };
      const unlocked = await withUsbPipe(device.instance, (pipe) => unlockCamera(options.unlocking, pipe, target));
      if (!unlocked.ok) return unlocked;
      log.info({ slot: device.slot, profile: profile.id }, 'unlocked');
      const timer = setTimeout(() => arrived(device.slot), COMING_MS);
      timer.unref();
      coming.set(device.slot, { device, camera: unlocked.value, timer });
      return done(undefined);
    })();
  }

  async function showComing(device: UsbDevice): Promise<void> {
    // One that was unlocked has its card already.
    if (coming.has(device.slot)) return;
    strangers.add(device, blankCard(await number(device.slot), describeDevice(device)));
  }

  async function number(place: string): Promise<number> {
    const known = ports.numberIfAny(place);
    const port = known ?? ports.numberOf(place);
    if (known === null) {
      const subject = { kind: 'station' as const, id: options.stationId };
      await ledger.append([{ type: 'port.numbered', subject, actor: ACTOR, at: now(), body: { port, place } }]);
    }
    return port;
  }

  async function refuse(device: UsbDevice, found: Failure, offersImage: boolean): Promise<void> {
    const failure = knownOrNot(ledger, device, found);
    arrived(device.slot);
    const port = await number(device.slot);
    const shown = { ...failure, what: `${failure.what} @ ${port}` };
    const card = { ...refusedCard(device, port, shown), offersImage };
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
    unlock,
    admits(device, volumeIds) {
      if (coming.has(device.slot)) return null;
      // Telephones speak MTP as well, and hold a life: nothing but what is in the register is looked at, also while a dock is set up.
      const isOpen = options.admission() === 'set-up' && judge(device) === 'storage';
      if (isOpen || isKnownDevice(ledger, factsOf(device, volumeIds))) return null;
      return failed('camera.not-registered', describeDevice(device)).failure;
    },
    isOfDock: ports.isOfDock,
    onPlugged: options.learning.plugged,
    async onAttach(volume) {
      await number(volume.slot);
      log.info({ slot: volume.slot, mountMode: volume.mountMode, fileSystem: volume.fileSystem }, 'attached');
      options.attach({ ...volume, unlocked: arrived(volume.slot) });
    },
    onDetach(volume) {
      log.info({ slot: volume.slot }, 'detached');
      options.detach(volume);
    },
    onRefused: refuse,
    onComing: showComing,
    onOver: strangers.remove,
    onTrouble: (what) => log.warn({ what }, 'USB ports cannot be watched as they should be'),
  });
}

/** A camera that was docked as a disk before and shows none now is no stranger: it is in another mode, `usb.wrong-mode`. */
export function knownOrNot(ledger: Ledger, device: UsbDevice, failure: Failure): Failure {
  return failure.code === 'usb.not-a-camera' && isKnownDevice(ledger, factsOf(device, [])) ? { ...failure, code: 'usb.wrong-mode' } : failure;
}

type Reason = DockingRefused['reason'];

function reasonOf({ code }: Failure): Reason {
  const known = DockingRefused.shape.reason.safeParse(code);
  return known.success ? known.data : 'camera.unreadable';
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
