import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { done, failed, type Result } from '../../contract/errors.ts';
import type { RawCard } from '../volume.ts';
import type { UsbHelper } from './helper.ts';
import { readValue } from './read-sysfs.ts';
import type { UsbDisk, UsbVolume } from './usb-tree.pure.ts';

/** A file system of a camera, mounted read-only under a folder of the station's own. */
export type Mounted = {
  root: string;
  fileSystem: string;
  /** What the file system calls itself; null when it has no number. */
  uuid: string | null;
  isAlive(): Promise<boolean>;
  readErrors(): number;
  whileWritable<T>(act: () => Promise<T>): Promise<Result<T>>;
  /** Takes the mount away; one whose device is gone, or is still in use, goes when its last user does. */
  release(): Promise<void>;
};

/** A child that says nothing for this long is ended, ms: a dying device can hold one up. */
const CHILD_MS = 30_000;
/** A device that does not give a sector within this time does not count as alive, ms. */
const PROOF_MS = 20_000;
/** File systems of cameras; no others are mounted, so that a card cannot pick the kernel code it meets. The helper has the same list. */
const KNOWN: readonly string[] = ['vfat', 'exfat'];

/**
 * Mounts one volume read-only. Fails with `camera.unreadable` when there is no file system this station reads, or the
 * kernel refuses it, and with `usb.not-privileged` when the station may not read the device or have it mounted.
 */
export async function mountVolume(helper: UsbHelper, disk: UsbDisk, volume: UsbVolume, probed: Probed, root: string): Promise<Result<Mounted>> {
  const device = `/dev/${volume.name}`;
  const { facts, stderr } = probed;
  const fileSystem = facts.get('TYPE');
  if (fileSystem === undefined || !KNOWN.includes(fileSystem)) {
    const what = fileSystem ?? facts.get('PTTYPE') ?? (stderr || 'no file system');
    return isReadable(volume) ? failed('camera.unreadable', device, what) : failed('usb.not-privileged', device, stderr);
  }
  const mounted = await helper.mount(volume.name, fileSystem, root);
  if (!mounted.ok && mounted.failure.code !== 'camera.unreadable') return mounted;
  if (!mounted.ok) return failed('camera.unreadable', device, `${mounted.failure.detail}; ${await check(device, fileSystem)}`);
  return done({
    root,
    fileSystem,
    uuid: facts.get('UUID') ?? null,
    isAlive: () => isAliveDevice(disk, volume),
    // Hexadecimal, by the kernel's SCSI layer, for every command that did not end well.
    readErrors: () => Number(readValue(path.join(disk.path, 'device/ioerr_cnt'))),
    async whileWritable(act) {
      const opened = await helper.makeWritable(root);
      if (!opened.ok) return failed('clear.write-protected', device, opened.failure.detail);
      try {
        return done(await act());
      } finally {
        // Flushes what is left to be written; a device that was pulled has nothing to be told any more.
        await helper.makeReadOnly(root);
      }
    },
    async release() {
      await helper.release(root);
    },
  });
}

/** What is on a volume by `blkid`, which read it without mounting it: `TYPE`, `UUID`. */
export type Probed = { facts: ReadonlyMap<string, string>; stderr: string };

export async function probeVolume(volume: UsbVolume): Promise<Probed> {
  const { stdout, stderr } = await run('blkid', ['--probe', '--output', 'export', `/dev/${volume.name}`]);
  return { facts: new Map(stdout.split('\n').map((line) => line.split('=', 2) as [string, string])), stderr: stderr.trim() };
}

/** Whether this station may read a disk; not before udev has given it to the group of stations, a moment after it appears. */
export function isReadable(volume: UsbVolume): boolean {
  try {
    fs.accessSync(`/dev/${volume.name}`, fs.constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether the node is still the one of this medium and a sector can be read from it past every cache. */
async function isAliveDevice(disk: UsbDisk, volume: UsbVolume): Promise<boolean> {
  const isSame = () =>
    readValue(path.join(disk.path, 'diskseq')) === disk.sequence && readValue(path.join(volume.path, 'dev')) === volume.deviceNumber;
  return isSame() && (await canRead(`/dev/${volume.name}`)) && isSame();
}

/** A whole disk, read as it is: its bytes, and a proof that they can still be had. */
export function rawCard(disk: UsbDisk): { card: RawCard; isAlive(): Promise<boolean> } {
  const device = `/dev/${disk.name}`;
  const number = readValue(path.join(disk.path, 'dev'));
  const sizeBytes = Number(readValue(path.join(disk.path, 'size'))) * KERNEL_SECTOR_BYTES;
  const isSame = () => readValue(path.join(disk.path, 'diskseq')) === disk.sequence && readValue(path.join(disk.path, 'dev')) === number;
  const places = [0, 0.5, 1].map((part) => Math.floor(((sizeBytes - SECTOR_BYTES) * part) / SECTOR_BYTES) * SECTOR_BYTES);
  return {
    card: { device, sizeBytes },
    async isAlive() {
      // Any of its places is proof: the first is as likely to be damaged as any other.
      for (const place of places) if (isSame() && (await canRead(device, place)) && isSame()) return true;
      return false;
    },
  };
}

/** In which sysfs counts, whatever the disk's own are. */
const KERNEL_SECTOR_BYTES = 512;
const SECTOR_BYTES = 4096;

/** One part of WebAssembly; Node's typings leave it to the DOM's. */
declare const WebAssembly: { Memory: new (descriptor: { initial: number }) => { buffer: ArrayBuffer } };

async function canRead(device: string, place = 0): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), PROOF_MS);
  try {
    return await Promise.race([readSector(device, place), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function readSector(device: string, place: number): Promise<boolean> {
  // Its memory begins on a page boundary, as O_DIRECT needs it; an ordinary Buffer's may not.
  const aligned = Buffer.from(new WebAssembly.Memory({ initial: 1 }).buffer, 0, SECTOR_BYTES);
  try {
    const handle = await fs.promises.open(device, fs.constants.O_RDONLY | fs.constants.O_DIRECT);
    try {
      return (await handle.read(aligned, 0, SECTOR_BYTES, place)).bytesRead === SECTOR_BYTES;
    } finally {
      await handle.close();
    }
  } catch {
    // Whatever the reason: nothing was proven.
    return false;
  }
}

/** What the checker of a file system finds, in its first words; it changes nothing (`-n`). */
async function check(device: string, fileSystem: string): Promise<string> {
  const program = `fsck.${fileSystem}`;
  const { stdout, stderr } = await run(program, ['-n', device]);
  return `${program} -n: ${(stdout || stderr).replaceAll(/\s+/g, ' ').trim().slice(0, CHECK_LETTERS)}`;
}

/** As much of what a checker says as a card has room for. */
const CHECK_LETTERS = 300;

type Ran = { code: number; stdout: string; stderr: string };

/** Runs a program to its end; no shell, messages in English, never longer than `CHILD_MS`. A program that is not there ends with 127. */
function run(program: string, args: readonly string[]): Promise<Ran> {
  const env = { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: CHILD_MS, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
      // A program that ran says what it has to say itself; one that could not be run, or was ended, says nothing.
      const why = error === null || typeof error.code === 'number' ? '' : error.message;
      resolve({ code, stdout, stderr: stderr || why });
    });
  });
}
