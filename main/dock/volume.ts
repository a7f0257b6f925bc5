import type { RemoteFiles } from '../../native/index.ts';
import type { DockingStarted, IdentitySource, UsbFacts } from '../contract/entries/dock.ts';
import type { Failure, Result } from '../contract/errors.ts';

/** What became of a camera that was locked, before it became a disk. */
export type UnlockedCamera = {
  /** The docking it began, or goes on with. */
  dockingId: string;
  /** Who it is, registered as such; null when it did not say, and its files have to. */
  identity: { serial: string; identitySource: IdentitySource } | null;
  /** Certificate number of whoever carries it, by its own word. */
  officer: string | null;
  /** What is wrong with it and no reason to keep its files from being copied. */
  failures: readonly Failure[];
};

/** A whole disk of a camera, read as it is. */
export type RawCard = { device: string; sizeBytes: number };

/** A camera's files, as a dock offers them: a folder in a dock folder, a mount of a desktop, or one of the station's own. */
export type Volume = {
  /** Stable name of the place it appeared in. */
  slot: string;
  /** Where its files are, unless they are `remote`; and what it is called by. */
  root: string;
  mountMode: DockingStarted['mountMode'];
  fileSystem: string;
  /** What its port hangs on: volumes of one controller share its bandwidth. */
  controller: string;
  /** What tells it from another volume in the same place. */
  instance: string;
  /** Folders directly under `root` that are file systems of their own, of a camera that has several; else none. */
  parts: readonly string[];
  /** Its files where the camera gives them over a protocol of its own (`mountMode` is `protocol` then). */
  remote: RemoteFiles | null;
  /** The bytes of its cards, where an image of them is all that can be had of it (`mountMode` is `image` then); else none. */
  cards: readonly RawCard[];
  /** Who it is by the dock's own knowledge, when its files do not say. */
  identity: { serial: string; identitySource: IdentitySource };
  /** What its USB device says; null where no device is known. */
  device: UsbFacts | null;
  /** Who it said it was when it was unlocked; null for one that was not locked. */
  unlocked: UnlockedCamera | null;
  /**
   * Proves that the files under `root` are still this camera's. After a pull some file systems list folders as empty and
   * go on answering from memory, without any error: what is not there is missing only if this was true before and after
   * looking.
   */
  isAlive(): Promise<boolean>;
  /**
   * How many reads the device has failed so far; null where that is not counted. vfat leaves out what it cannot read of a
   * folder without an error, so a list is complete only if this did not grow while it was made.
   */
  readErrors(): number | null;
  /** Its size and room, before anything is copied or cleared; null where that is not known. */
  space(): Promise<{ totalBytes: number; freeBytes: number } | null>;
  /** Does something for which files have to be removable; fails with `clear.write-protected` when they cannot be. */
  whileWritable<T>(act: () => Promise<T>): Promise<Result<T>>;
};
