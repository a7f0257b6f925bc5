/** Attributes of the nodes below `/sys/bus/usb/devices` and `/sys/class/block`, by their real paths, values trimmed. */
export type SysfsRecord = { usb: Record<string, Record<string, string>>; block: Record<string, Record<string, string>> };

/** Attributes of the sockets of hubs, by their real paths. */
export type SysfsPorts = Record<string, Record<string, string>>;

/** A thing that can be mounted: a partition, or a disk that has none. */
export type UsbVolume = { name: string; path: string; deviceNumber: string };

/** One disk of a device; a device may show several, and ones without a medium. */
export type UsbDisk = { name: string; path: string /** Counts up with every medium. */; sequence: string; isReadOnly: boolean; volumes: UsbVolume[] };

export type UsbInterface = { class: string; subclass: string; protocol: string };

export type UsbDevice = {
  path: string;
  /** The physical place it is in, the same after a reboot: controller and chain of hub ports. */
  slot: string;
  /** Another number each time something is plugged in. */
  instance: string;
  vendorId: string;
  productId: string;
  manufacturer: string;
  product: string;
  /** Null when it has none or one of those that are on thousands of devices. */
  serial: string | null;
  isHub: boolean;
  /** What it and its socket agreed upon; null when the kernel does not say. */
  speedMbps: number | null;
  /** By its own word, `2.10`. One that can do USB 3 says 2.10 or more wherever it is. */
  usbVersion: string;
  /** Built in, by the word of the firmware. */
  isFixed: boolean;
  interfaces: UsbInterface[];
  /** Some of its interfaces are not there yet, or not any more. */
  isPartial: boolean;
  disks: UsbDisk[];
  /** SCSI disks whose block device is not there yet. */
  isComing: boolean;
};

/** Every USB device but root hubs, with the disks below it; disks belong to a device by their path, never by order. */
export function usbDevices(record: SysfsRecord): UsbDevice[] {
  return Object.entries(record.usb)
    .filter(([path, attributes]) => !isInterface(path) && !isRootHub(path) && attributes['idVendor'] !== undefined)
    .map(([path, attributes]) => deviceAt(record, path, attributes))
    .sort((a, b) => (a.slot < b.slot ? -1 : 1));
}

function deviceAt(record: SysfsRecord, path: string, attributes: Record<string, string>): UsbDevice {
  const interfaces = Object.entries(record.usb)
    .filter(([at]) => isInterface(at) && parentOf(at) === path)
    .map(([, one]) => ({
      class: one['bInterfaceClass'] ?? '',
      subclass: one['bInterfaceSubClass'] ?? '',
      protocol: one['bInterfaceProtocol'] ?? '',
    }));
  const below = Object.entries(record.block).filter(([at]) => ownerOf(at) === path);
  return {
    path,
    slot: slotOf(record, path, attributes, nameOf(path).split('-')[1] ?? ''),
    instance: `${attributes['busnum']}-${attributes['devnum']}`,
    vendorId: attributes['idVendor'] ?? '',
    productId: attributes['idProduct'] ?? '',
    manufacturer: plain(attributes['manufacturer']),
    product: plain(attributes['product']),
    serial: tellingSerial(plain(attributes['serial'])),
    isHub: attributes['bDeviceClass'] === '09',
    speedMbps: attributes['speed'] === undefined ? null : Number(attributes['speed']),
    usbVersion: attributes['version'] ?? '',
    isFixed: attributes['removable'] === 'fixed',
    interfaces,
    isPartial: interfaces.length < Math.max(1, Number(attributes['bNumInterfaces'] ?? 1)) || interfaces.some((one) => one.class === ''),
    disks: below.filter(([, one]) => isDisk(one)).map(([at, one]) => diskAt(record, at, one)),
    isComing: Number(attributes['scsiDisks'] ?? 0) > below.filter(([, one]) => isDisk(one)).length,
  };
}

/** A socket a camera can be in; the USB 2 and the USB 3 side of it are one. */
export type UsbPlace = {
  slot: string;
  /** What the kernel's log calls what is in it, on each of its sides: `1-3.2`. */
  names: string[];
  /** It can do USB 3. */
  isFast: boolean;
  /** How often it was switched off because too much current was drawn from it. */
  overCurrents: number;
  device: UsbDevice | null;
};

/** Every socket in order: controllers, and below each hub its own. Those that the firmware says lead nowhere are left out. */
export function usbPlaces(record: SysfsRecord, ports: SysfsPorts): UsbPlace[] {
  const devices = usbDevices(record);
  const places = new Map<string, UsbPlace>();
  for (const [path, attributes] of Object.entries(ports)) {
    if (attributes['connect_type'] === 'not used') continue;
    const [, bus, chain] = /(\d+)(?:-([\d.]+))?-port\d+$/.exec(path) ?? [];
    const number = /\d+$/.exec(path)?.[0];
    const full = [...(chain === undefined ? [] : [chain]), number].join('.');
    const slot = slotOf(record, path, attributes, full);
    const place = places.get(slot) ?? { slot, names: [], isFast: false, overCurrents: 0, device: devices.find((one) => one.slot === slot) ?? null };
    place.names.push(`${bus}-${full}`);
    place.isFast ||= Number(sideOf(record, path, full).side) >= 3;
    place.overCurrents += Number(attributes['over_current_count'] ?? 0);
    places.set(slot, place);
  }
  return [...places.values()].sort((a, b) => a.slot.localeCompare(b.slot, 'en', { numeric: true }));
}

/** A SCSI disk (device type 0); a CD-ROM (type 5) with the maker's installer is none. */
function isDisk(attributes: Record<string, string>): boolean {
  return attributes['partition'] === undefined && attributes['device/type'] === '0';
}

function diskAt(record: SysfsRecord, path: string, attributes: Record<string, string>): UsbDisk {
  const toVolume = ([at, one]: [string, Record<string, string>]) => ({ name: nameOf(at), path: at, deviceNumber: one['dev'] ?? '' });
  const partitions = Object.entries(record.block).filter(([at, one]) => parentOf(at) === path && one['partition'] !== undefined);
  const hasMedium = Number(attributes['size']) > 0;
  return {
    name: nameOf(path),
    path,
    sequence: attributes['diskseq'] ?? '',
    isReadOnly: attributes['ro'] === '1',
    volumes: !hasMedium ? [] : partitions.length > 0 ? partitions.map(toVolume) : [toVolume([path, attributes])],
  };
}

/** The USB device a path below it belongs to: the deepest one, `…/usb1/1-3/1-3.2/1-3.2:1.0/host6/…` is of 1-3.2. */
export function ownerOf(path: string): string | null {
  return /^(.*\/\d+-\d+(?:\.\d+)*)\/\d+-\d+(?:\.\d+)*:\d+\.\d+\//.exec(path)?.[1] ?? null;
}

/**
 * `pci-0000:00:14.0-usb2-3.2`: controller, USB 2 or 3 side of it, chain of ports. Both sides of one socket are one place
 * where the kernel knows that they are: it is called by its USB 2 side then.
 */
function slotOf(record: SysfsRecord, path: string, attributes: Record<string, string>, ownChain: string): string {
  const own = sideOf(record, path, ownChain);
  const peer = attributes['peerPort'];
  const chain = peer === undefined ? null : (/usb\d+-port(\d+)$/.exec(peer)?.[1] ?? /\/\d+-([\d.]+)-port(\d+)$/.exec(peer)?.slice(1).join('.'));
  const other = peer !== undefined && chain ? sideOf(record, peer, chain) : null;
  return other !== null && other.side < own.side ? other.slot : own.slot;
}

function sideOf(record: SysfsRecord, path: string, chain: string): { side: string; slot: string } {
  const [, above, root] = /^(.*)\/(usb\d+)\//.exec(path) ?? [];
  const side = (record.usb[`${above}/${root}`]?.['version'] ?? '').split('.')[0] ?? '';
  const controller = nameOf(above ?? '');
  const kind = /^[0-9a-f]{4}:[0-9a-f]{2}:/.test(controller) ? 'pci' : 'platform';
  return { side, slot: `${kind}-${controller}-usb${side}-${chain}` };
}

const isInterface = (path: string) => nameOf(path).includes(':');
const isRootHub = (path: string) => /^usb\d+$/.test(nameOf(path));
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/'));

/** What a device says of itself is not to be trusted with more than a line. */
function plain(text: string | undefined): string {
  return (text ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, 100);
}

/** Makers who give no serial give an empty one, one digit over and over, or the digits in order. */
export function tellingSerial(serial: string): string | null {
  if (serial.length < 4 || /^(.)\1*$/.test(serial)) return null;
  return IN_ORDER.some((digits) => digits.includes(serial.toUpperCase())) ? null : serial;
}

const IN_ORDER = ['0123456789ABCDEF'.repeat(2), '0123456789'.repeat(4)];
