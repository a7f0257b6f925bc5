import fs from 'node:fs';
import path from 'node:path';
import type { SysfsPorts, SysfsRecord } from './usb-tree.pure.ts';

const USB_ATTRIBUTES = [
  ...[
    'idVendor',
    'idProduct',
    'manufacturer',
    'product',
    'serial',
    'bDeviceClass',
    'removable',
    'busnum',
    'devnum',
    'version',
    'bNumInterfaces',
    'speed',
  ],
  ...['bInterfaceClass', 'bInterfaceSubClass', 'bInterfaceProtocol'],
];
const PORT_ATTRIBUTES = ['connect_type', 'over_current_count'];
const BLOCK_ATTRIBUTES = ['dev', 'size', 'ro', 'diskseq', 'partition', 'device/type'];

/** What the kernel says is there now. Nodes may vanish while they are read; a value that is not there is left out. */
export function readSysfs(sys = '/sys'): SysfsRecord {
  const usb = Object.fromEntries(
    nodes(path.join(sys, 'bus/usb/devices')).map((node) => [node, { ...valuesOf(node, USB_ATTRIBUTES), ...more(node) }]),
  );
  const blocks = nodes(path.join(sys, 'class/block')).filter((node) => /\/usb\d+\//.test(node));
  return { usb, block: Object.fromEntries(blocks.map((node) => [node, valuesOf(node, BLOCK_ATTRIBUTES)])) };
}

/** The sockets of every hub, root hubs among them, by their real paths. */
export function readPorts(sys = '/sys'): SysfsPorts {
  const hubs = nodes(path.join(sys, 'bus/usb/devices')).filter((node) => node.endsWith(':1.0'));
  const ports = hubs.flatMap((hub) =>
    entries(hub)
      .filter((name) => /-port\d+$/.test(name))
      .map((name) => path.join(hub, name)),
  );
  return Object.fromEntries(
    ports.map((node) => {
      const peer = realPath(path.join(node, 'peer'));
      return [node, { ...valuesOf(node, PORT_ATTRIBUTES), ...(peer === null ? {} : { peerPort: peer }) }];
    }),
  );
}

function nodes(folder: string): string[] {
  return entries(folder).flatMap((name) => realPath(path.join(folder, name)) ?? []);
}

function valuesOf(node: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = readValue(path.join(node, name));
      return value === null ? [] : [[name, value]];
    }),
  );
}

/** The other side of the socket a device is in, and how many SCSI disks its storage has, whether or not they can be read yet. */
function more(node: string): Record<string, string> {
  if (path.basename(node).includes(':')) return {};
  const peer = realPath(path.join(node, 'port/peer'));
  const storage = entries(node).filter((name) => name.includes(':') && fs.existsSync(path.join(node, name, 'bInterfaceClass')));
  const hosts = storage.flatMap((name) =>
    entries(path.join(node, name))
      .filter((one) => /^host\d+$/.test(one))
      .map((one) => path.join(node, name, one)),
  );
  const targets = hosts.flatMap((host) =>
    entries(host)
      .filter((one) => one.startsWith('target'))
      .map((one) => path.join(host, one)),
  );
  const units = targets.flatMap((target) =>
    entries(target)
      .filter((one) => /^\d+:\d+:\d+:\d+$/.test(one))
      .map((one) => path.join(target, one)),
  );
  const disks = units.filter((unit) => readValue(path.join(unit, 'type')) === '0');
  return { scsiDisks: String(disks.length), ...(peer === null ? {} : { peerPort: peer }) };
}

export function readValue(file: string): string | null {
  return unlessGone(() => fs.readFileSync(file, 'utf8').trim());
}

function realPath(link: string): string | null {
  return unlessGone(() => fs.realpathSync(link));
}

function entries(folder: string): string[] {
  return unlessGone(() => fs.readdirSync(folder)) ?? [];
}

/** Null for what is not there, or went away while it was read (sysfs says ENODEV or EIO then). */
function unlessGone<T>(look: () => T): T | null {
  for (;;) {
    try {
      return look();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'EIO', 'EINVAL', 'EACCES'].includes(code)) return null;
      // Waiting for a device that is being set up was interrupted by a signal: asked again.
      if (code !== 'EINTR') throw error;
    }
  }
}
