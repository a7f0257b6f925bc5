import type { RemoteEntry, RemoteFile, RemoteFiles } from '../../../../native/index.ts';
import { done, failed, type Result } from '../../../contract/errors.ts';
import {
  numbersIn,
  OBJECT_SIZE,
  type ObjectInfo,
  OPERATION,
  objectInfoIn,
  RESPONSE,
  ROOT,
  SIZE_ELSEWHERE,
  type StorageInfo,
  storageInfoIn,
  u64In,
} from './containers.pure.ts';
import type { MtpSession } from './session.ts';

/** What a camera that speaks MTP holds. */
export type MtpObjects = {
  files: RemoteFiles;
  /** Folders directly under its root that are storages of their own, of a camera that has several; else none. */
  parts: string[];
  /** Objects can be deleted. */
  isWritable: boolean;
  /** Proves that the camera answers and has all of its storages; a card that was taken out of it is none. */
  isAlive(): Promise<boolean>;
  /** Null when the camera does not tell. */
  space(): Promise<{ totalBytes: number; freeBytes: number } | null>;
};

/** Folders nested deeper than this are no camera's doing. */
const MAX_DEPTH = 64;
/** From here on a part of an object can only be asked for with an offset of 64 bits. */
const LARGE_BYTES = 2 ** 32;
/** An object of which nothing more is known than the session's number for it. */
const nameless = (handle: number) => `%${handle.toString(16).padStart(8, '0')}`;

type Place = { storage: number; parent: number; path: string; depth: number };
type Known = { handle: number; info: ObjectInfo; dataset: Uint8Array };

/**
 * The objects of a camera, as files. A handle is a number of this session for an object and no name: a file is what folders
 * and names lead to, and what was opened is looked at again by its handle before it counts as read or is removed. Two of one name, and names
 * that are none, are refused. Fails with `camera.unreadable` when there is nothing that could be read.
 */
export async function openMtpObjects({ device, ask }: MtpSession): Promise<Result<MtpObjects>> {
  const can = (operation: number) => device.operations.includes(operation);
  if (!can(OPERATION.getPartialObject)) return failed('camera.unreadable', '', 'gives no parts of objects (GetPartialObject)');
  const ids = await storageIds();
  if (!ids.ok) return ids;
  const storages = ids.value;
  if (storages.length === 0) return failed('camera.unreadable', '', 'shows no storage; it may be locked, or set to charge only');
  const infos: StorageInfo[] = [];
  for (const storage of storages) {
    const info = await storageInfo(storage);
    if (!info.ok) return info;
    infos.push(info.value);
  }
  const parts = storages.length === 1 ? [] : storages.map((storage) => `storage-${storage.toString(16).padStart(8, '0')}`);
  const tops = storages.map((storage, n): Place => ({ storage, parent: ROOT, path: parts[n] ?? '', depth: 0 }));
  /** By path, as far as this session has listed them. */
  const handles = new Map<string, number>();

  /** Asks for a dataset; fails with `source.gone` for an object that is not there. */
  async function dataset<T>(
    operation: number,
    parameters: readonly number[],
    parse: (bytes: Uint8Array) => T | null,
  ): Promise<Result<{ value: T; bytes: Uint8Array }>> {
    const answer = await ask(operation, parameters);
    if (!answer.ok) return failed('source.unreadable', '', answer.failure.detail);
    const { code, data } = answer.value;
    if (code === RESPONSE.invalidHandle) return failed('source.gone', '', 'no such object');
    const value = code === RESPONSE.ok ? parse(data) : null;
    return value === null ? failed('source.unreadable', '', `${operation.toString(16)}: ${code.toString(16)}`) : done({ value, bytes: data });
  }

  async function storageIds(): Promise<Result<number[]>> {
    const answer = await dataset(OPERATION.getStorageIds, [], numbersIn);
    // One without a second half is a slot for a card, and empty.
    return answer.ok ? done(answer.value.value.filter((id) => (id & 0xffff) !== 0).sort((a, b) => a - b)) : answer;
  }

  async function storageInfo(storage: number): Promise<Result<StorageInfo>> {
    const answer = await dataset(OPERATION.getStorageInfo, [storage], storageInfoIn);
    return answer.ok ? done(answer.value.value) : answer;
  }

  async function objectAt(handle: number): Promise<Result<Known>> {
    const answer = await dataset(OPERATION.getObjectInfo, [handle], objectInfoIn);
    if (!answer.ok) return answer;
    const { value: info, bytes } = answer.value;
    if (info.sizeBytes !== SIZE_ELSEWHERE) return done({ handle, info, dataset: bytes });
    if (!can(OPERATION.getPartialObject64)) return failed('source.unreadable', '', 'of 4 GiB or more, which the camera gives no parts of');
    const size = await dataset(OPERATION.getObjectPropValue, [handle, OBJECT_SIZE], u64In);
    return size.ok ? done({ handle, info: { ...info, sizeBytes: Number(size.value.value) }, dataset: bytes }) : size;
  }

  async function handlesIn({ storage, parent }: Place): Promise<Result<number[]>> {
    const answer = await dataset(OPERATION.getObjectHandles, [storage, 0, parent], numbersIn);
    return answer.ok ? done(answer.value.value) : answer;
  }

  async function* list(): AsyncGenerator<RemoteEntry> {
    handles.clear();
    const seen = new Set<number>();
    const folders = [...tops];
    for (let folder = folders.pop(); folder; folder = folders.pop()) {
      const children = await handlesIn(folder);
      if (!children.ok) yield refused(folder.path, 'directory', children.failure.detail);
      for (const handle of children.ok ? children.value : []) {
        const found = await objectAt(handle);
        const path = below(folder.path, found.ok ? found.value.info.name : nameless(handle));
        const fileType = !found.ok ? 'unknown' : found.value.info.isFolder ? 'directory' : 'file';
        if (!found.ok) yield refused(path, fileType, found.failure.detail);
        else if (!isName(found.value.info.name)) yield refused(below(folder.path, nameless(handle)), fileType, 'has no name that could be used');
        // In two places, or in itself.
        else if (seen.has(handle)) yield { ...refused(path, fileType, ''), reason: 'source.folder-loop' };
        else if (handles.has(path)) yield refused(path, fileType, 'another one has the same name');
        else {
          seen.add(handle);
          handles.set(path, handle);
          if (!found.value.info.isFolder) yield { path: Buffer.from(path), ...factsOf(found.value) };
          else if (folder.depth + 1 > MAX_DEPTH) yield { ...refused(path, fileType, ''), reason: 'source.too-deep' };
          else folders.push({ ...folder, parent: handle, path, depth: folder.depth + 1 });
        }
      }
    }
  }

  async function open(raw: Buffer): Promise<Result<RemoteFile | null>> {
    const path = raw.toString();
    const handle = handles.get(path);
    const found = handle === undefined ? await find(path) : await objectAt(handle);
    if (!found.ok) return found.failure.code === 'source.gone' ? done(null) : found;
    return done(found.value && fileOf(found.value, path));
  }

  /** Looks for a file from the top on, by the names of folders; null when it is not there. */
  async function find(path: string): Promise<Result<Known | null>> {
    let at: Place | null = tops.find((top) => top.path === '' || path.startsWith(`${top.path}/`)) ?? null;
    for (; at; ) {
      const [name] = path.slice(at.path === '' ? 0 : at.path.length + 1).split('/');
      const child = await childOf(at, name ?? '');
      if (!child.ok || child.value === null) return child;
      const here = below(at.path, name ?? '');
      if (here === path) return done(child.value.info.isFolder ? null : child.value);
      at = child.value.info.isFolder ? { ...at, parent: child.value.handle, path: here } : null;
    }
    return done(null);
  }

  async function childOf(place: Place, name: string): Promise<Result<Known | null>> {
    const children = await handlesIn(place);
    if (!children.ok) return children;
    for (const handle of children.value) {
      const found = await objectAt(handle);
      if (!found.ok) return found;
      if (found.value.info.name === name) return found;
    }
    return done(null);
  }

  function fileOf(known: Known, path: string): RemoteFile {
    const { handle } = known;
    const checkUnchanged = async (): Promise<Result<void>> => {
      const now = await objectAt(handle);
      if (!now.ok) return now;
      return Buffer.compare(now.value.dataset, known.dataset) === 0
        ? done(undefined)
        : failed('source.changed', path, 'its object is another one now');
    };
    return {
      ...factsOf(known),
      async read(offset, lengthBytes) {
        const isLarge = offset + lengthBytes > LARGE_BYTES - 1;
        const answer = isLarge
          ? await ask(OPERATION.getPartialObject64, [handle, offset % LARGE_BYTES, Math.floor(offset / LARGE_BYTES), lengthBytes], lengthBytes)
          : await ask(OPERATION.getPartialObject, [handle, offset, lengthBytes], lengthBytes);
        if (!answer.ok) return failed('source.unreadable', path, answer.failure.detail);
        const { code, data } = answer.value;
        if (code !== RESPONSE.ok) return failed('source.unreadable', path, `${code.toString(16)} at ${offset}`);
        return data.length === lengthBytes ? done(data) : failed('source.changed', path, `${data.length} of ${lengthBytes} bytes at ${offset}`);
      },
      checkUnchanged,
      async remove() {
        const same = await checkUnchanged();
        if (!same.ok) return same;
        const answer = await ask(OPERATION.deleteObject, [handle, 0]);
        if (!answer.ok || answer.value.code !== RESPONSE.ok) {
          return failed('source.unreadable', path, answer.ok ? answer.value.code.toString(16) : answer.failure.detail);
        }
        // What it said it did is a fact once the camera, asked for it, knows of no such object.
        const now = await objectAt(handle);
        if (now.ok || now.failure.code !== 'source.gone') return failed('source.unreadable', path, 'said to be deleted, and still there');
        handles.delete(path);
        return done(undefined);
      },
    };
  }

  return done({
    files: { list, open },
    parts,
    isWritable: infos.every((info) => info.isWritable),
    async isAlive() {
      const now = await storageIds();
      if (!now.ok || now.value.join() !== storages.join()) return false;
      for (const storage of storages) if (!(await storageInfo(storage)).ok) return false;
      return true;
    },
    async space() {
      let [totalBytes, freeBytes] = [0n, 0n];
      for (const storage of storages) {
        const info = await storageInfo(storage);
        if (!info.ok) return null;
        totalBytes += info.value.totalBytes;
        freeBytes += info.value.freeBytes;
      }
      const isTold = totalBytes > 0n && freeBytes <= totalBytes && totalBytes <= BigInt(Number.MAX_SAFE_INTEGER);
      return isTold ? { totalBytes: Number(totalBytes), freeBytes: Number(freeBytes) } : null;
    },
  });
}

const below = (folder: string, name: string) => (folder === '' ? name : `${folder}/${name}`);
const factsOf = ({ info: { sizeBytes, mtimeNs } }: Known) => ({ sizeBytes, mtimeNs });
const isName = (name: string) => name !== '' && name !== '.' && name !== '..' && !name.includes('/') && name.isWellFormed();

function refused(path: string, fileType: 'file' | 'directory' | 'unknown', detail: string) {
  return { path: Buffer.from(path), reason: 'source.unreadable' as const, fileType, detail };
}
