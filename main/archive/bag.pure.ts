/** The texts of a BagIt 1.0 bag (RFC 8493) and the names in it. Every path is plain ASCII, so nothing needs escaping. */

export const BAGIT_TXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
export const BAGIT = 'bagit.txt';
export const BAG_INFO = 'bag-info.txt';
export const MANIFEST = 'manifest-sha256.txt';
export const TAG_MANIFEST = 'tagmanifest-sha256.txt';

/** One line of a manifest: a file of the bag by its path below the bag, and its SHA-256. */
export type ManifestLine = { path: string; sha256: string };

/** The manifest of these files, ordered by path so that the same files always give the same bytes. */
export function manifestText(lines: readonly ManifestLine[]): string {
  return [...lines]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((line) => `${line.sha256}  ${line.path}\n`)
    .join('');
}

const LINE = /^([0-9a-f]{64}) {2}([\x21-\x7e]+)$/;

/** The lines of a manifest this station wrote; null when it holds anything else. */
export function parseManifest(text: string): ManifestLine[] | null {
  const lines = text.split('\n');
  if (lines.pop() !== '') return null;
  const parsed = lines.flatMap((line) => {
    const match = LINE.exec(line);
    return match ? [{ sha256: match[1] as string, path: match[2] as string }] : [];
  });
  return parsed.length === lines.length ? parsed : null;
}

/** `bag-info.txt`: one line per element, in the order given. */
export function bagInfoText(elements: readonly (readonly [label: string, value: string])[]): string {
  return elements.map(([label, value]) => `${label}: ${value.replaceAll(/[\r\n]+/g, ' ')}\n`).join('');
}

/** Bytes and count of the payload, as `Payload-Oxum` has them. */
export function payloadOxum(sizesBytes: readonly number[]): string {
  return `${sizesBytes.reduce((sum, sizeBytes) => sum + sizeBytes, 0)}.${sizesBytes.length}`;
}

/** Name of the `n`-th item (from 1) in a bag: `0001-<item-id>.mp4`. An extension that is not plain is left out. */
export function payloadName(n: number, itemId: string, extension: string): string {
  const suffix = /^[a-z0-9]{1,20}$/.test(extension) ? `.${extension}` : '';
  return `${String(n).padStart(4, '0')}-${itemId}${suffix}`;
}

const PAYLOAD_NAME = /^data\/\d{4,}-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(\.[a-z0-9]{1,20})?$/;

/** The item a payload path names; null for any other path. */
export function itemOfPath(path: string): string | null {
  return PAYLOAD_NAME.exec(path)?.[1] ?? null;
}

/** Where a unit's bag lies below a destination: `<station>/<YYYY>/<MM>/<unit>`, by the UTC date in the unit's UUIDv7. */
export function bagPath(stationId: string, unitId: string): string {
  const ms = Number.parseInt(unitId.slice(0, 8) + unitId.slice(9, 13), 16);
  const [year, month] = new Date(ms).toISOString().split('-');
  if (year === undefined || month === undefined || year.length !== 4) throw new RangeError(`not a dated id: ${unitId}`);
  return `${stationId}/${year}/${month}/${unitId}`;
}
