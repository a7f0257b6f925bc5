import type { DescribedUnit } from '../described-unit.pure.ts';

/** Bytes of a value in metadata unless stated otherwise, of a name or place, and of the nice name of somebody or something. */
const VALUE_BYTES = 32;
const NAME_BYTES = 64;
const NICE_NAME_BYTES = 100;

/** `20260302T060312Z`. */
export function stampOf(ms: number): string {
  return iso(ms).replaceAll(/[-:]/g, '');
}

/** RFC 3339 in UTC, whole seconds. */
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
const epoch = (ms: number): string => String(Math.floor(ms / 1000));

/** Part of a name there: what could be taken for a separator is percent-encoded. */
const part = (text: string): string => encodeURIComponent(text);

/** The container of a recording; another one of the same second, user and device gets one of the next seconds. */
export function containerName(unit: DescribedUnit, secondsLater = 0): string {
  return `${part(unit.user.id)}_${deviceName(unit)}_${stampOf((unit.startMs ?? unit.closedMs) + secondsLater * 1000)}`;
}

export function rejectedName(unit: DescribedUnit): string {
  return `RejectedContent_${stampOf(unit.startMs ?? unit.closedMs)}_${unit.unitId}`;
}

export const deviceName = ({ device }: DescribedUnit): string => part(device.serial);

/** The object of an original. The end of its id keeps those of one second apart. */
export function clipName(unit: DescribedUnit, file: { itemId: string; name: string }): string {
  const at = unit.items.get(file.itemId)?.startMs ?? unit.startMs ?? unit.closedMs;
  return `${stampOf(at)}_${shortId(file.itemId)}${/\.[A-Za-z0-9]+$/.exec(file.name)?.[0] ?? ''}`;
}

export const bookmarkName = ({ id, atMs }: DescribedUnit['bookmarks'][number]): string => `bookmark_${stampOf(atMs)}_${shortId(id)}`;

export function trailName(unit: DescribedUnit, startMs: number): string {
  return `${stampOf(startMs)}_${shortId(unit.unitId)}_${deviceName(unit)}_gpstrail.json`;
}

const shortId = (id: string): string => id.slice(-12);

/** A unit's id in metadata, where a value has 32 bytes at most. */
export const unitMark = (unitId: string): string => unitId.replaceAll('-', '');

/** Metadata by the names of the API; what is not known is left out. */
export type Metadata = Record<string, string>;

export function containerMetadata(unit: DescribedUnit, name: string): Metadata {
  return {
    ContainerName: cut(name, NICE_NAME_BYTES),
    BWCSerialNumber: cut(unit.device.serial, VALUE_BYTES),
    SCUSerialNumber: cut(unit.stationCode, VALUE_BYTES),
    UserID: unit.user.id,
    ...(unit.device.model === null ? {} : { BWCModel: cut(unit.device.model, VALUE_BYTES) }),
    ...(unit.zone === null ? {} : { TimeZone: cut(unit.zone, VALUE_BYTES) }),
    ...times('TriggerOnTime', unit.startMs),
    ...times('TriggerOffTime', unit.stopMs),
    ...times('StartTime', unit.startMs),
    ...times('StopTime', unit.stopMs),
    ...locations(unit),
    EvidockUnit: unitMark(unit.unitId),
  };
}

export function clipMetadata(unit: DescribedUnit, file: { itemId: string; name: string }): Metadata {
  const item = unit.items.get(file.itemId);
  const type = /\.([A-Za-z0-9]+)$/.exec(file.name)?.[1];
  return {
    ...times('StartTime', item?.startMs ?? null),
    ...times('StopTime', item?.stopMs ?? null),
    ...(type === undefined ? {} : { ContainerType: cut(type, VALUE_BYTES) }),
  };
}

export function bookmarkMetadata({ atMs, categoryId, categoryName }: DescribedUnit['bookmarks'][number]): Metadata {
  return { CategoryID: cut(categoryId, VALUE_BYTES), CategoryName: cut(categoryName, NAME_BYTES), StartTime: iso(atMs) };
}

export function userMetadata({ user }: DescribedUnit, withNumber: boolean): Metadata {
  return {
    Active: 'True',
    Name: cut(user.name, NICE_NAME_BYTES),
    ...(withNumber && user.number !== '' ? { UserID: cut(user.number, NICE_NAME_BYTES) } : {}),
  };
}

export function deviceMetadata({ device }: DescribedUnit): Metadata {
  return {
    Active: 'True',
    Name: cut(device.serial, NICE_NAME_BYTES),
    ...(device.model === null ? {} : { Model: cut(device.model, VALUE_BYTES) }),
  };
}

export function rejectedMetadata(container: string, reason: string, nowMs: number): Metadata {
  return {
    RejectedContentOriginalContainer: cut(container, NICE_NAME_BYTES),
    RejectedContentTime: epoch(nowMs),
    RejectedContentReason: cut(reason, NICE_NAME_BYTES),
  };
}

/** The file of a trail. Places before the start have no seconds since it, and are left out. */
export function trailText({ trail }: DescribedUnit, startMs: number): string {
  const entries = trail
    .filter(({ atMs }) => atMs >= startMs)
    .map(({ atMs, longitude, latitude }) => ({
      LocationWKT: `POINT(${longitude} ${latitude})`,
      SecondsFromStart: (atMs - startMs) / 1000,
      Timestamp: iso(atMs),
    }));
  return JSON.stringify({ CoordinateEntries: entries });
}

/** Headers of metadata as the API writes them: `X-Object-Meta-Starttimeiso`, values URL-encoded UTF-8. */
export function headersOf(of: 'Container' | 'Object', metadata: Metadata): Record<string, string> {
  const named = Object.entries(metadata).map(([key, value]) => [
    `X-${of}-Meta-${key.charAt(0).toUpperCase()}${key.slice(1).toLowerCase()}`,
    encodeURIComponent(value),
  ]);
  return Object.fromEntries(named);
}

function times(key: string, ms: number | null): Metadata {
  return ms === null ? {} : { [key]: epoch(ms), [`${key}ISO`]: iso(ms) };
}

/** Where the recording began and ended, as latitude, longitude, an accuracy nobody knows, and epoch. */
function locations({ trail, startMs }: DescribedUnit): Metadata {
  const [first, last] = [trail[0], trail.at(-1)];
  if (!first || !last || startMs === null) return {};
  const text = ({ latitude, longitude, atMs }: typeof first) => cut(`${latitude} ${longitude} ${epoch(atMs)}`, NAME_BYTES);
  return { TriggerOnLocation: text(first), TriggerOffLocation: text(last) };
}

/** As much of a text as fits into so many bytes of UTF-8; no character is cut in two, and no control character goes along. */
export function cut(text: string, bytes: number): string {
  let length = 0;
  let kept = '';
  for (const character of text.replaceAll(/\p{Cc}+/gu, ' ')) {
    const point = character.codePointAt(0) as number;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    if (length > bytes) break;
    kept += character;
  }
  return kept;
}
