// PTP (ISO 15740) as MTP 1.1 uses it over USB: little-endian, a container of 12 bytes and a payload. Whatever a device
// sends is only believed as far as it is there: what ends too early, or counts more than it has, is null.

export const OPERATION = {
  getDeviceInfo: 0x1001,
  openSession: 0x1002,
  closeSession: 0x1003,
  getStorageIds: 0x1004,
  getStorageInfo: 0x1005,
  getObjectHandles: 0x1007,
  getObjectInfo: 0x1008,
  deleteObject: 0x100b,
  getPartialObject: 0x101b,
  getObjectPropValue: 0x9803,
  /** Of Android's: with an offset of 64 bits. */
  getPartialObject64: 0x95c1,
} as const;

export const RESPONSE = { ok: 0x2001, invalidHandle: 0x2009, sessionAlreadyOpen: 0x201e } as const;

export const KIND = { command: 1, data: 2, response: 3 } as const;

/** Folders are objects of this format. */
export const ASSOCIATION = 0x3001;
/** As a parent: the top of a storage. */
export const ROOT = 0xffffffff;
/** As a size: 4 GiB or more, told by a property. */
export const SIZE_ELSEWHERE = 0xffffffff;
export const OBJECT_SIZE = 0xdc04;

export const HEADER_BYTES = 12;
/** A response has up to five parameters. */
export const MOST_RESPONSE_BYTES = HEADER_BYTES + 5 * 4;

export type Header = { lengthBytes: number; kind: number; code: number; transaction: number };

export function commandBytes(code: number, transaction: number, parameters: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + parameters.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, KIND.command, true);
  view.setUint16(6, code, true);
  view.setUint32(8, transaction, true);
  for (const [n, parameter] of parameters.entries()) view.setUint32(HEADER_BYTES + n * 4, parameter, true);
  return bytes;
}

export function headerIn(bytes: Uint8Array): Header | null {
  const read = reader(bytes);
  const header = { lengthBytes: read.u32(), kind: read.u16(), code: read.u16(), transaction: read.u32() };
  return read.isWhole() && header.lengthBytes >= HEADER_BYTES ? header : null;
}

export type DeviceInfo = { operations: readonly number[]; serial: string };

export function deviceInfoIn(bytes: Uint8Array): DeviceInfo | null {
  const read = reader(bytes);
  read.skip(8);
  read.text();
  read.skip(2);
  const operations = read.list(2);
  // Events, properties, formats of captures and of objects.
  for (let n = 0; n < 4; n += 1) read.list(2);
  // Maker, model, version.
  for (let n = 0; n < 3; n += 1) read.text();
  const serial = read.text();
  return read.isWhole() ? { operations, serial } : null;
}

/** Handles, or ids of storages. */
export function numbersIn(bytes: Uint8Array): number[] | null {
  const read = reader(bytes);
  const numbers = read.list(4);
  return read.isWhole() ? numbers : null;
}

export type StorageInfo = { isWritable: boolean; totalBytes: bigint; freeBytes: bigint };

export function storageInfoIn(bytes: Uint8Array): StorageInfo | null {
  const read = reader(bytes);
  read.skip(4);
  const access = read.u16();
  const [totalBytes, freeBytes] = [read.u64(), read.u64()];
  // 1: read-only. 2: read-only, and objects can be deleted.
  return read.isWhole() ? { isWritable: access !== 1, totalBytes, freeBytes } : null;
}

export type ObjectInfo = { isFolder: boolean; sizeBytes: number; name: string; mtimeNs: string };

export function objectInfoIn(bytes: Uint8Array): ObjectInfo | null {
  const read = reader(bytes);
  read.skip(4);
  const format = read.u16();
  read.skip(2);
  const sizeBytes = read.u32();
  // Thumbnail, picture, parent, kind of folder, number in a sequence.
  read.skip(2 + 4 * 3 + 4 * 3 + 4 + 2 + 4 + 4);
  const name = read.text();
  const captured = read.text();
  // Some end here.
  const modified = read.text();
  if (!read.isWhole() && name === '') return null;
  return { isFolder: format === ASSOCIATION, sizeBytes, name, mtimeNs: nanosecondsIn(modified) ?? nanosecondsIn(captured) ?? '0' };
}

export function u64In(bytes: Uint8Array): bigint | null {
  const read = reader(bytes);
  const value = read.u64();
  return read.isWhole() ? value : null;
}

/** `20260302T140312`, with tenths and a zone at will. Without a zone it is told as the camera wrote it, as FAT times are. */
function nanosecondsIn(text: string): string | null {
  const [, year, month, day, hour, minute, second, zone] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(?:\.\d+)?(Z|[+-]\d{4})?$/.exec(text) ?? [];
  if (year === undefined) return null;
  const offset = zone === undefined || zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return Number.isNaN(ms) ? null : String(BigInt(ms) * 1_000_000n);
}

/** Reads a dataset from its beginning. What is past its end reads as nothing, and it is not whole then. */
function reader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let whole = true;
  function take(lengthBytes: number): number | null {
    if (!whole || at + lengthBytes > bytes.length) {
      whole = false;
      return null;
    }
    at += lengthBytes;
    return at - lengthBytes;
  }
  function number(lengthBytes: 1 | 2 | 4): number {
    const from = take(lengthBytes);
    if (from === null) return 0;
    return lengthBytes === 1 ? view.getUint8(from) : lengthBytes === 2 ? view.getUint16(from, true) : view.getUint32(from, true);
  }
  return {
    u16: () => number(2),
    u32: () => number(4),
    u64(): bigint {
      const from = take(8);
      return from === null ? 0n : view.getBigUint64(from, true);
    },
    skip: (lengthBytes: number) => void take(lengthBytes),
    /** UTF-16 after the number of its units, the last of which is a zero. */
    text(): string {
      const units = number(1);
      const from = take(units * 2);
      if (from === null) return '';
      const text = String.fromCharCode(...Array.from({ length: units }, (_, n) => view.getUint16(from + n * 2, true)));
      const end = text.indexOf('\0');
      return end < 0 ? text : text.slice(0, end);
    },
    list(lengthBytes: 2 | 4): number[] {
      const count = number(4);
      // Before anything is made of it: a count is whatever a device says.
      if (at + count * lengthBytes > bytes.length) whole = false;
      return whole ? Array.from({ length: count }, () => number(lengthBytes)) : [];
    },
    isWhole: () => whole,
  };
}
