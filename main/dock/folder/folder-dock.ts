import fs from 'node:fs';
import path from 'node:path';
import { watch } from 'chokidar';
import { done } from '../../contract/errors.ts';
import type { Volume } from '../volume.ts';
import { type Mount, parseMountInfo } from './mount-info.pure.ts';
import { spaceOf } from './volume-space.ts';

export type FolderDock = { close(): Promise<void> };

export type FolderDockOptions = {
  /** Folders in which every subfolder is a camera. */
  docks: readonly string[];
  /** Trees in which every mount is a camera. */
  mountTrees: readonly string[];
  onAttach(volume: Volume): void;
  onDetach(volume: Volume): void;
  /** A dock folder that cannot be listed; told once until it can be again. */
  onTrouble(what: string): void;
};

/** A folder does not say what it hangs on: all of a station are taken to share one controller. */
const ONE_CONTROLLER = 'station';

/** A lost event is caught by looking again this often. */
const LOOK_MS = 1000;

/**
 * Watches dock folders and automount trees. Events only say "look again"; what is there is always read anew from the
 * folders and from mountinfo, so a lost or doubled event changes nothing.
 */
export function watchFolderDock(options: FolderDockOptions): FolderDock {
  const present = new Map<string, Volume>();
  const troubled = new Set<string>();
  const watcher = watch([...options.docks], { depth: 0, ignoreInitial: true });

  function look(): void {
    const found = new Map(listVolumes().map((volume) => [`${volume.slot} ${volume.instance}`, volume]));
    for (const [key, volume] of present) {
      if (found.has(key)) continue;
      present.delete(key);
      options.onDetach(volume);
    }
    for (const [key, volume] of found) {
      if (present.has(key)) continue;
      present.set(key, volume);
      options.onAttach(volume);
    }
  }

  function listVolumes(): Volume[] {
    const mounts = readMounts();
    const inTrees = mounts
      .filter((mount) => options.mountTrees.some((tree) => mount.mountPoint.startsWith(`${tree}/`)))
      .flatMap((mount) => folderVolume(mount.mountPoint, mount.mountPoint, mount) ?? []);
    return [...options.docks.flatMap((dock) => volumesIn(dock, mounts)), ...inTrees];
  }

  function volumesIn(dock: string, mounts: readonly Mount[]): Volume[] {
    try {
      const names = fs.readdirSync(dock, { withFileTypes: true });
      troubled.delete(dock);
      return names
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .flatMap((entry) => {
          const root = path.join(dock, entry.name);
          // Between listing and looking it may have been pulled; the next look will say so.
          return folderVolume(entry.name, root, mounts.find((mount) => mount.mountPoint === root) ?? null) ?? [];
        });
    } catch (error) {
      if (!troubled.has(dock)) options.onTrouble(`${dock}: ${String(error)}`);
      troubled.add(dock);
      return [];
    }
  }

  watcher.on('all', look);
  watcher.on('error', (error) => options.onTrouble(String(error)));
  const timer = setInterval(look, LOOK_MS);
  look();
  return {
    async close() {
      clearInterval(timer);
      await watcher.close();
    },
  };
}

/**
 * A folder as a volume, null when there is none. Device and inode of its root tell it from another: it is alive as long as
 * they are the same. That is all a folder can prove; of a mount made by somebody else it does not prove that the device
 * behind it still answers.
 */
export function folderVolume(slot: string, root: string, mount: Mount | null): Volume | null {
  const instance = instanceOf(root);
  if (instance === null) return null;
  return {
    slot,
    root,
    mountMode: mount === null ? 'folder' : mount.readOnly ? 'ro' : 'rw',
    fileSystem: mount?.fileSystem ?? 'folder',
    controller: ONE_CONTROLLER,
    instance,
    parts: [],
    remote: null,
    cards: [],
    identity: { serial: slot, identitySource: 'folder-name' },
    device: null,
    unlocked: null,
    isAlive: async () => instanceOf(root) === instance,
    readErrors: () => null,
    // A plain folder lies on some disk of the station's.
    space: async () => (mount === null ? null : spaceOf([root])),
    whileWritable: async (act) => done(await act()),
  };
}

function instanceOf(root: string): string | null {
  const stat = fs.statSync(root, { bigint: true, throwIfNoEntry: false });
  return stat?.isDirectory() ? `${stat.dev}:${stat.ino}` : null;
}

/** Mounts as the kernel has them; none where there is no mountinfo (Windows, macOS). */
export function readMounts(): Mount[] {
  return fs.existsSync('/proc/self/mountinfo') ? parseMountInfo(fs.readFileSync('/proc/self/mountinfo', 'utf8')) : [];
}
