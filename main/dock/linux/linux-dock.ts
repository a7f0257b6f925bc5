import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Failure, Result } from '../../contract/errors.ts';
import { done, failed } from '../../contract/errors.ts';
import { readMounts } from '../folder/folder-dock.ts';
import { spaceOf } from '../folder/volume-space.ts';
import { type MtpCamera, openMtpCamera } from '../protocols/mtp/camera.ts';
import { isReachable } from '../protocols/usb-pipe.ts';
import type { Volume } from '../volume.ts';
import { describeDevice, judge } from './admission.pure.ts';
import { createDamping, STEADY_MS } from './damping.pure.ts';
import { MOUNTS, openUsbHelper, type UsbHelper } from './helper.ts';
import { isReadable, type Mounted, mountVolume, probeVolume, rawCard } from './mounted.ts';
import { readSysfs } from './read-sysfs.ts';
import { type UsbDevice, usbDevices } from './usb-tree.pure.ts';

export type LinuxDockOptions = {
  /** Cameras are mounted below a folder of this name. */
  stationId: string;
  /** Whether the register lets a device be looked at, by its own word and its file systems' numbers; a failure says why not. */
  admits(device: UsbDevice, volumeIds: readonly string[]): Failure | null;
  /** Whether cameras are expected in a place; what is anywhere else is left alone, without a word. */
  isOfDock(slot: string): boolean;
  /** Anything but a hub was plugged in, anywhere. */
  onPlugged(device: UsbDevice): Promise<void>;
  /** A disk is in a place of the dock. It takes a while until it can be looked at, and longer when it is slow. */
  onComing(device: UsbDevice): Promise<void>;
  /**
   * Unlocks a device that is no disk and may be a locked camera, so that it comes back as a disk; null when it is none
   * that the station could talk to. Never called twice for one device.
   */
  unlock(device: UsbDevice): Promise<Result<void>> | null;
  onAttach(volume: Volume): Promise<void>;
  onDetach(volume: Volume): void;
  /** `offersImage`: it may be looked at, but no file system of it could be mounted; `attachImage` takes it as it is. */
  onRefused(device: UsbDevice, failure: Failure, offersImage: boolean): Promise<void>;
  /** What was said of a device, that it is coming or refused, or was being unlocked, is over. */
  onOver(device: UsbDevice): void;
  /** Something that keeps ports from being watched as they should be; told once until it changes. */
  onTrouble(what: string): void;
};

export type LinuxDock = {
  /**
   * The cards of a device in this place whose file systems cannot be mounted, as a volume of their bytes; null when there is
   * no such device. `onDetach` tells when it leaves.
   */
  attachImage(slot: string): Promise<Volume | null>;
  /** Stops looking; what is mounted stays until it is released. */
  close(): Promise<void>;
  /** Takes every mount away. */
  release(): Promise<void>;
};

/** A lost event is caught by looking again this often. */
const LOOK_MS = 2000;
/** Disks and partitions of one device come one after another: it is looked at once nothing new has come for this long. */
const QUIET_MS = 200;
/** A device whose interfaces are not known after this long is none that could be used. */
const UNKNOWN_MS = 5000;
/** A camera that was unlocked leaves the bus, and comes back as a disk, within this time. */
const SWITCH_MS = 20_000;
/** udev reads of a card before it says who may read it; of a slow one that takes this long, and of a dying one longer. */
const UDEV_MS = 20_000;
const RESTART_MS = 5000;

type Known = {
  device: UsbDevice;
  state: 'waiting' | 'unlocking' | 'unlocked' | 'refused' | 'attached' | 'dead';
  /** What its disks were when they last changed, and since when. */
  disks: string;
  sinceMs: number;
  volume: Volume | null;
  mounts: Mounted[];
  /** Opened, where it is a camera that gives its files over MTP. */
  mtp: MtpCamera | null;
  /** Said to be coming, and neither refused nor a volume since. */
  isComing: boolean;
  /** Refused because this station may not read it, yet or at all: taken as soon as it may. */
  isUnread: boolean;
  /** Refused because no file system of it could be mounted. */
  isUnmountable: boolean;
};

/**
 * Watches USB. Events of the kernel and of udev only say "look again"; what is there is always read anew from sysfs, so a
 * lost or doubled event changes nothing. A device that is not admitted is refused and never mounted; one that is gets its
 * file systems mounted read-only and becomes a volume.
 */
export async function watchLinuxDock(options: LinuxDockOptions): Promise<LinuxDock> {
  const helper = openUsbHelper();
  const folder = path.join(MOUNTS, options.stationId);
  const known = new Map<string, Known>();
  const damping = createDamping();
  /** Those of which the file systems are being mounted. */
  const openings = new Map<Known, Promise<void>>();
  /** By place: the device of which was said that it comes and goes. */
  const loops = new Map<string, UsbDevice>();
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;
  let looking: Promise<void> | null = null;
  let again = false;

  function lookSoon(ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      hint();
    }, ms);
    timers.add(timer);
  }

  function hint(): void {
    if (closed) return;
    if (looking) {
      again = true;
      return;
    }
    looking = look()
      .catch((error: unknown) => options.onTrouble(String(error)))
      .finally(() => {
        looking = null;
        if (!again) return;
        again = false;
        hint();
      });
  }

  async function look(): Promise<void> {
    const found = new Map(usbDevices(readSysfs()).map((device) => [`${device.path} ${device.instance}`, device]));
    for (const [key, one] of known) {
      if (found.has(key)) continue;
      known.delete(key);
      await leave(one);
      if (one.state === 'refused' || one.isComing) options.onOver(one.device);
    }
    for (const [slot, device] of loops) {
      if (damping.troubleOf(device, performance.now())) continue;
      loops.delete(slot);
      options.onOver(device);
    }
    for (const [key, device] of found) {
      if (!known.has(key) && judge(device) !== 'ignored') {
        damping.came(device, performance.now());
        await options.onPlugged(device);
      }
      const one = known.get(key) ?? newlyKnown(device);
      known.set(key, one);
      await consider(one, device);
    }
  }

  async function consider(one: Known, device: UsbDevice): Promise<void> {
    const disks = JSON.stringify(device.disks);
    if (disks !== one.disks) {
      Object.assign(one, { device, disks, sinceMs: performance.now() });
      // Another medium in the same device is looked at anew.
      await leave(one);
      if (one.state === 'refused' && judge(device) === 'storage') options.onOver(device);
      if (one.state !== 'refused' || judge(device) === 'storage') one.state = 'waiting';
    }
    one.device = device;
    const verdict = judge(device);
    if (one.state === 'dead') {
      await leave(one);
      // It is still in, and may have lost no more than the thread of the talk.
      if (verdict === 'objects') Object.assign(one, { state: 'waiting', sinceMs: performance.now() });
    }
    const isOfDock = options.isOfDock(device.slot);
    const isReadableNow = () => (verdict === 'objects' ? isReachable(device.instance) : device.disks.every((disk) => disk.volumes.every(isReadable)));
    if (one.state === 'refused' && (!isOfDock || (one.isUnread && isReadableNow()))) {
      Object.assign(one, { state: 'waiting', isUnread: false });
      options.onOver(device);
    }
    if (one.isComing && !isOfDock) {
      one.isComing = false;
      options.onOver(device);
    }
    const quietMs = performance.now() - one.sinceMs;
    if (one.state === 'unlocked' && quietMs > SWITCH_MS) return refuse(one, failed('camera.not-switched', describeDevice(device)).failure);
    if (one.state !== 'waiting' || !isOfDock) return;
    const unstable = damping.troubleOf(device, performance.now());
    if (unstable) return calmDown(device, unstable);
    const unlocking = verdict === 'usb.not-a-camera' ? options.unlock(device) : null;
    if (unlocking) {
      one.state = 'unlocking';
      // Other ports do not wait for it.
      void unlocked(one, unlocking).catch((error: unknown) => options.onTrouble(String(error)));
      return;
    }
    if (verdict === 'usb.not-a-camera' || verdict === 'usb.composite') return refuse(one, failed(verdict, describeDevice(device)).failure);
    if (verdict === 'waiting' && quietMs > UNKNOWN_MS) return refuse(one, failed('usb.not-a-camera', describeDevice(device), 'no interface').failure);
    if (verdict !== 'storage' && verdict !== 'objects') return;
    await tellComing(one, quietMs);
    if ((verdict === 'storage' && !hasMedium(device)) || openings.has(one)) return;
    if (device.isComing) return lookSoon(QUIET_MS);
    if (quietMs < QUIET_MS) return lookSoon(QUIET_MS - quietMs);
    if (!isReadableNow()) {
      if (quietMs < UDEV_MS) return lookSoon(QUIET_MS);
      await refuse(one, failed('usb.not-privileged', describeDevice(device), 'udev has not given it to this station').failure);
      one.isUnread = true;
      return;
    }
    // Other ports do not wait for a card that is slow.
    const opening = (verdict === 'objects' ? openObjects(one) : open(one))
      .catch((error: unknown) => options.onTrouble(String(error)))
      .finally(() => {
        openings.delete(one);
        hint();
      });
    openings.set(one, opening);
  }

  /** Says once that there is a camera, as soon as its device is there. A reader without a card is none. */
  async function tellComing(one: Known, quietMs: number): Promise<void> {
    const { device } = one;
    const isComing = judge(device) === 'objects' || hasMedium(device) || (device.disks.length === 0 && quietMs < UDEV_MS);
    if (isComing === one.isComing) return;
    one.isComing = isComing;
    if (isComing) await options.onComing(device);
    else options.onOver(device);
  }

  async function unlocked(one: Known, unlocking: Promise<Result<void>>): Promise<void> {
    const result = await unlocking;
    if (![...known.values()].includes(one)) return result.ok ? undefined : options.onOver(one.device);
    if (!result.ok) return refuse(one, { ...result.failure, what: describeDevice(one.device) });
    Object.assign(one, { state: 'unlocked', sinceMs: performance.now() });
  }

  /** Says once that a device comes and goes by itself. Nothing is done with it until it has stayed for a while. */
  async function calmDown(device: UsbDevice, unstable: Failure): Promise<void> {
    lookSoon(STEADY_MS);
    if (loops.has(device.slot)) return;
    loops.set(device.slot, device);
    await options.onRefused(device, unstable, false);
  }

  /** Tells later whether it still is what it is now, and waits to be opened. */
  function stillOf(one: Known): () => boolean {
    const { disks } = one;
    return () => !closed && one.state === 'waiting' && one.disks === disks && [...known.values()].includes(one);
  }

  async function open(one: Known): Promise<void> {
    const { device } = one;
    const isStill = stillOf(one);
    const probing = device.disks.flatMap((disk) => disk.volumes.map(async (volume) => ({ disk, volume, probed: await probeVolume(volume) })));
    const parts = await Promise.all(probing);
    if (!isStill()) return;
    const reason = options.admits(
      device,
      parts.flatMap(({ probed }) => probed.facts.get('UUID') ?? []),
    );
    if (reason) return refuse(one, { ...reason, what: describeDevice(device) });
    const root = path.join(folder, nameOf(device));
    const mounts: Mounted[] = [];
    for (const { disk, volume, probed } of parts) {
      const mounted = await mountVolume(helper, disk, volume, probed, parts.length === 1 ? root : path.join(root, volume.name));
      if (mounted.ok) mounts.push(mounted.value);
      if (mounted.ok && isStill()) continue;
      // All of a camera or none of it: a part that cannot be read may hold evidence.
      for (const part of mounts) await part.release();
      if (mounted.ok || !isStill()) return;
      const failure = { ...mounted.failure, what: `${describeDevice(device)} ${mounted.failure.what}` };
      return refuse(one, failure, failure.code === 'camera.unreadable');
    }
    one.mounts = mounts;
    await attach(one, root);
  }

  /** Opens a camera that gives its files over MTP. */
  async function openObjects(one: Known): Promise<void> {
    const { device } = one;
    const isStill = stillOf(one);
    const reason = options.admits(device, []);
    if (reason) return refuse(one, { ...reason, what: describeDevice(device) });
    const opened = await openMtpCamera(device.instance);
    if (!isStill()) return opened.ok ? opened.value.release() : undefined;
    // One that was pulled while it was opened is no bad camera; the next look will miss it.
    if (!opened.ok && !fs.existsSync(device.path)) return;
    if (!opened.ok) return refuse(one, { ...opened.failure, what: describeDevice(device) });
    one.mtp = opened.value;
    await attach(one, path.join(folder, nameOf(device)));
  }

  async function attach(one: Known, root: string): Promise<void> {
    const { device, mounts } = one;
    const volume = volumeOf(one, root);
    one.state = 'attached';
    try {
      await options.onAttach(volume);
    } catch (error) {
      // What could not be recorded has not been docked: it is tried again.
      one.state = 'waiting';
      await leave(one);
      throw error;
    }
    Object.assign(one, { volume, isComing: false });
    options.onOver(device);
    // It may have left while its docking was begun.
    if (one.mounts !== mounts) await leave(one);
  }

  /** The bytes of its cards as they are, and no more. */
  function imageOf(one: Known): Volume {
    const raw = one.device.disks.filter((disk) => disk.volumes.length > 0).map(rawCard);
    const isAlive = async () => (await Promise.all(raw.map((one) => one.isAlive()))).every((alive) => alive);
    return {
      ...volumeOf(one, path.join(folder, nameOf(one.device)), isAlive),
      mountMode: 'image',
      fileSystem: 'raw',
      cards: raw.map(({ card }) => card),
      readErrors: () => null,
      space: async () => null,
    };
  }

  function volumeOf(one: Known, root: string, proof?: () => Promise<boolean>): Volume {
    // What is open now: after it left, and was opened again, the volume is still of this.
    const { device, mounts, mtp } = one;
    const isOpen = () => one.mounts === mounts && one.mtp === mtp;
    const areAlive = async () => (await Promise.all([...mounts, ...(mtp ? [mtp] : [])].map((part) => part.isAlive()))).every((alive) => alive);
    const id = mounts.map((mounted) => mounted.uuid).find((uuid) => uuid !== null) ?? null;
    const isAlive = async () => {
      if (isOpen() && (await (proof ?? areAlive)())) return true;
      // Gone, though sysfs may not say so yet, or never: a device that stays and does not answer has left as well.
      if (one.state === 'attached' && isOpen()) one.state = 'dead';
      hint();
      return false;
    };
    return {
      slot: device.slot,
      root,
      mountMode: mtp ? 'protocol' : 'ro',
      fileSystem: mtp ? 'mtp' : [...new Set(mounts.map((mounted) => mounted.fileSystem))].join('+'),
      // Its place without the chain of hub ports: what all that hangs on one side of a controller has in common.
      controller: device.slot.slice(0, device.slot.lastIndexOf('-')),
      instance: `${device.instance}:${device.disks.map((disk) => disk.sequence).join('+')}`,
      parts: mtp ? mtp.parts : mounts.length === 1 ? [] : mounts.map((mounted) => path.basename(mounted.root)),
      remote: mtp?.files ?? null,
      cards: [],
      identity:
        device.serial !== null
          ? { serial: device.serial, identitySource: 'usb-serial' }
          : id !== null
            ? { serial: id, identitySource: 'volume-uuid' }
            : { serial: device.slot, identitySource: 'folder-name' },
      device: {
        vendorId: device.vendorId,
        productId: device.productId,
        serial: device.serial,
        volumes: mounts.flatMap((mounted) => mounted.uuid ?? []),
      },
      unlocked: null,
      isAlive,
      readErrors: () => mounts.reduce((sum, mounted) => sum + mounted.readErrors(), 0),
      space: () => (mtp ? mtp.space() : spaceOf(mounts.map((mounted) => mounted.root))),
      whileWritable: mounts.reduce<Volume['whileWritable']>(
        (inner, mounted) => async (act) => {
          const done = await mounted.whileWritable(() => inner(act));
          return done.ok ? done.value : done;
        },
        async (act) => (mtp?.isWritable === false ? failed('clear.write-protected', '', 'its storage is read-only') : done(await act())),
      ),
    };
  }

  /** Tells that a volume is gone and takes its mounts away; reads under way end by themselves, the mounts with them. */
  async function leave(one: Known): Promise<void> {
    const { volume, mounts, mtp } = one;
    Object.assign(one, { volume: null, mounts: [], mtp: null });
    if (volume) options.onDetach(volume);
    for (const mounted of mounts) await mounted.release();
    await mtp?.release();
  }

  async function refuse(one: Known, failure: Failure, isUnmountable = false): Promise<void> {
    Object.assign(one, { state: 'refused', isComing: false, isUnread: false, isUnmountable });
    await options.onRefused(one.device, failure, isUnmountable);
  }

  await releaseStale(helper, folder);
  const monitor = watchEvents(hint, options.onTrouble);
  const timer = setInterval(hint, LOOK_MS);
  hint();
  return {
    async attachImage(slot) {
      await looking;
      const one = [...known.values()].find(({ device, state, isUnmountable }) => device.slot === slot && state === 'refused' && isUnmountable);
      if (!one) return null;
      const volume = imageOf(one);
      Object.assign(one, { state: 'attached', volume });
      options.onOver(one.device);
      return volume;
    },
    async close() {
      closed = true;
      clearInterval(timer);
      for (const one of timers) clearTimeout(one);
      monitor.close();
      await looking;
      await Promise.all(openings.values());
    },
    async release() {
      for (const one of known.values()) await leave({ ...one, volume: null });
      helper.close();
    },
  };
}

/** Its place and coming, as a name. */
const nameOf = (device: UsbDevice) => `${device.slot.replaceAll(/[^\w.-]/g, '_')}-${device.instance}`;

function newlyKnown(device: UsbDevice): Known {
  return {
    device,
    state: 'waiting',
    disks: '',
    sinceMs: performance.now(),
    volume: null,
    mounts: [],
    mtp: null,
    isComing: false,
    isUnread: false,
    isUnmountable: false,
  };
}

const hasMedium = ({ disks }: UsbDevice) => disks.some((disk) => disk.volumes.length > 0);

/** Mounts a killed station left behind: nobody uses them any more, and cameras are mounted anew. */
async function releaseStale(helper: UsbHelper, folder: string): Promise<void> {
  for (const { mountPoint } of readMounts().filter((mount) => mount.mountPoint.startsWith(`${folder}/`))) await helper.release(mountPoint);
}

/** Calls `hint` whenever the kernel or udev says something of USB or disks; starts again when the tool ends. */
function watchEvents(hint: () => void, onTrouble: (what: string) => void): { close(): void } {
  let closed = false;
  let isTold = false;
  let stop = () => {};
  function start(): void {
    const child = spawn('udevadm', ['monitor', '--kernel', '--udev', '--subsystem-match=usb', '--subsystem-match=block'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    stop = () => child.kill('SIGKILL');
    child.stdout.on('data', () => {
      isTold = false;
      hint();
    });
    const ended = (why: string) => {
      if (closed) return;
      if (!isTold) onTrouble(`udevadm monitor ended: ${why}; ports are looked at every ${LOOK_MS} ms`);
      isTold = true;
      const timer = setTimeout(() => !closed && start(), RESTART_MS);
      timer.unref();
    };
    // A program that is not there says so by an error, and never ends.
    child.once('error', (error) => ended(String(error)));
    child.once('exit', (code, signal) => ended(String(code ?? signal)));
  }
  start();
  return {
    close() {
      closed = true;
      stop();
    },
  };
}
