import type { HashedFile, Outgoing } from './file-io.ts';
import type { FileReader } from './file-reader.ts';

/** Files and folders of this machine, or at the far end of a connection, by path below a root as `FileReader` has them. */
export type FileTree = FileReader & {
  exists(file: string): Promise<boolean>;
  /** Makes a folder and those above it that are missing, each flushed. */
  makeFolder(folder: string): Promise<void>;
  /**
   * Puts the bytes of a file of this machine into a file and flushes it. Of what lies there from an attempt that was cut off the
   * right bytes are kept. Says what was read of the source; null when it cannot be read. Throws the signal's reason when it aborts.
   */
  copy(original: Outgoing & { sha256: string }, file: string, signal?: AbortSignal): Promise<HashedFile | null>;
  /** Writes a small file, in the place of one that is there, and flushes it. */
  write(file: string, content: string | Buffer): Promise<void>;
  flushFolder(folder: string): Promise<void>;
  /** Gives a file or a folder another name. */
  rename(from: string, to: string): Promise<void>;
  /** Takes a file away, if there is one. */
  remove(file: string): Promise<void>;
};

/** The folder a file or folder lies in; empty for what lies at the root. */
export function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}
