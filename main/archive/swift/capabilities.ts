import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Capability } from '../../contract/entries/archive.ts';

/** Name of the object, in the container `System`, in which a content destination says what it can do. */
export const CAPABILITIES_FILE = 'Capabilities.json';

const Declared = z.record(z.string(), z.unknown()).default({});
const CapabilitiesFile = z.object({ Read: Declared, Store: Declared, StoreAndRead: Declared });

/** What a station makes use of, by the names the API gives it. What else is declared is nothing to it. */
const KNOWN: Readonly<Record<string, Capability>> = {
  StoreReadSystemID: 'system-id',
  StoreUserIDKey: 'user-id',
  StoreBookmarks: 'bookmarks',
  StoreGNSSTrackRecording: 'gnss-track',
  StoreRejectedContent: 'rejected-content',
};

/** What a server of Swift itself can do, all of it. */
export const FULL: readonly Capability[] = ['read-back', ...Object.values(KNOWN)];

/** What is declared. Of what is not there, is malformed, or is not what its ETag says, nothing counts. */
export function declaredIn(text: string, etag: string | null): Capability[] {
  if (etag !== createHash('md5').update(text).digest('hex')) return [];
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return [];
  }
  const file = CapabilitiesFile.safeParse(content);
  if (!file.success) return [];
  const declared = { ...file.data.Read, ...file.data.Store, ...file.data.StoreAndRead };
  return Object.entries(KNOWN).flatMap(([name, capability]) => (declared[name] === true ? [capability] : []));
}
