import fs from 'node:fs';
import path from 'node:path';
import {
  type Copied,
  type CopyEngine,
  type CopyJob,
  copyRemote,
  fingerprintRemote,
  hashRemote,
  type Outcome,
  type RemoteFile,
  type RemoteFiles,
  systemCode,
} from '../../native/index.ts';
import { done, type ErrorCode, failed, type Result } from '../contract/errors.ts';
import { fsyncFolder } from '../store/index.ts';
import type { DockedCamera, IngestContext } from './docked-camera.ts';
import { joined, type ListedFile, type ListedRefusal, walk } from './walk.ts';

/**
 * The files of a docked camera, however they are reached. Paths are raw bytes below its root. What is said of one is said
 * of the camera only if that is alive before and after.
 */
export type CameraFiles = {
  /** Everything there is, one thing at a time; what is not taken comes out as a refusal. */
  list(): AsyncGenerator<ListedFile | ListedRefusal>;
  /** A file as it is listed now; null when it is not there. */
  look(file: Buffer): Promise<Result<ListedFile | null>>;
  copy(file: Buffer, job: Omit<CopyJob, 'source'>, options: Parameters<CopyEngine['copy']>[1]): Promise<Outcome<Copied>>;
  hash(file: Buffer, options: Parameters<CopyEngine['hash']>[1]): ReturnType<CopyEngine['hash']>;
  /** For copies that have an `unread` beginning. */
  hashBeginning(file: Buffer, ...rest: Tail<Parameters<CopyEngine['hashBeginning']>>): ReturnType<CopyEngine['hashBeginning']>;
  fingerprint(file: Buffer, options: Parameters<CopyEngine['fingerprint']>[1]): ReturnType<CopyEngine['fingerprint']>;
  /** Reads a file in full and removes it when it is these bytes; null when it is gone for good, else why it stays. */
  removeIfSame(file: Buffer, sha256: string, signal: AbortSignal): Promise<ErrorCode | null>;
};

type Tail<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;

export function filesOf({ engine }: IngestContext, { root, parts, remote, cards }: DockedCamera): CameraFiles {
  if (cards.length > 0) return cardImages(cards, engine);
  return remote ? remoteFiles(remote, engine) : mountedFiles(root, parts, engine);
}

function mountedFiles(root: string, parts: readonly string[], engine: CopyEngine): CameraFiles {
  const at = (file: Buffer) => joined(Buffer.from(path.resolve(root)), file);
  return {
    list: () => walk(root, parts),
    async look(file) {
      try {
        const stat = await fs.promises.lstat(at(file), { bigint: true });
        return done({ path: file, sizeBytes: Number(stat.size), mtimeNs: String(stat.mtimeNs) });
      } catch (error) {
        const code = systemCode(error);
        return code === 'ENOENT' || code === 'ENOTDIR' ? done(null) : failed('source.unreadable', file.toString(), code);
      }
    },
    copy: (file, job, options) => engine.copy({ ...job, source: at(file) }, options),
    hash: (file, options) => engine.hash(at(file), options),
    hashBeginning: (file, ...rest) => engine.hashBeginning(at(file), ...rest),
    fingerprint: (file, options) => engine.fingerprint(at(file), options),
    removeIfSame: (file, sha256, signal) => removeMounted(at(file), sha256, engine, signal),
  };
}

async function removeMounted(file: Buffer, sha256: string, engine: CopyEngine, signal: AbortSignal): Promise<ErrorCode | null> {
  const before = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
  const hashed = await engine.hash(file, { signal });
  if (!hashed.ok) return hashed.failure.code === 'docking.interrupted' ? 'docking.interrupted' : 'clear.file-changed';
  const now = fs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
  const same = before && now && before.ino === now.ino && before.mtimeNs === now.mtimeNs && before.size === now.size;
  if (!same || hashed.value.sha256 !== sha256) return 'clear.file-changed';
  if (signal.aborted) return 'docking.interrupted';
  try {
    fs.unlinkSync(file);
    fsyncFolder(Buffer.from(file.subarray(0, file.lastIndexOf(0x2f))));
    return null;
  } catch {
    return 'clear.remove-failed';
  }
}

/** Cards as they are, each as one file that has no time. They can be copied, and nothing else. */
function cardImages(cards: DockedCamera['cards'], engine: CopyEngine): CameraFiles {
  const images = cards.map(({ device, sizeBytes }, n) => ({ device, listed: { path: Buffer.from(`card-${n + 1}.img`), sizeBytes, mtimeNs: '0' } }));
  const imageAt = (file: Buffer) => images.find(({ listed }) => listed.path.equals(file));
  const onlyCopied = (): never => {
    throw new Error('an image of a card is copied, and nothing else');
  };
  return {
    async *list() {
      for (const { listed } of images) yield listed;
    },
    look: async (file) => done(imageAt(file)?.listed ?? null),
    async copy(file, job, { checkpoints: _, ...options }) {
      const image = imageAt(file);
      if (!image) return failed('source.gone', file.toString(), 'no such card');
      return engine.copy({ ...job, source: Buffer.from(image.device), device: true }, options);
    },
    hash: onlyCopied,
    hashBeginning: onlyCopied,
    fingerprint: onlyCopied,
    removeIfSame: onlyCopied,
  };
}

function remoteFiles(remote: RemoteFiles, engine: CopyEngine): CameraFiles {
  async function opened<T>(file: Buffer, act: (found: RemoteFile) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const found = await remote.open(file);
    if (!found.ok) return found;
    return found.value ? act(found.value) : failed('source.gone', file.toString(), 'the camera has no such file any more');
  }
  return {
    list: () => remote.list(),
    async look(file) {
      const found = await remote.open(file);
      if (!found.ok || found.value === null) return found as Result<null>;
      return done({ path: file, sizeBytes: found.value.sizeBytes, mtimeNs: found.value.mtimeNs });
    },
    copy: (file, job, options) => opened(file, (found) => copyRemote(engine, found, job, options)),
    hash: (file, options) => opened(file, (found) => hashRemote(found, options)),
    hashBeginning() {
      throw new Error('a remote copy is always read from its beginning');
    },
    fingerprint: (file) => opened(file, fingerprintRemote),
    async removeIfSame(file, sha256, signal) {
      const removed = await opened(file, async (found): Promise<Outcome<ErrorCode | null>> => {
        const hashed = await hashRemote(found, { signal });
        if (!hashed.ok) return hashed;
        if (hashed.value.sha256 !== sha256) return done('clear.file-changed');
        if (signal.aborted) return done('docking.interrupted');
        return (await found.remove()).ok ? done(null) : done('clear.remove-failed');
      });
      if (removed.ok) return removed.value;
      return removed.failure.code === 'docking.interrupted' ? 'docking.interrupted' : 'clear.file-changed';
    },
  };
}
