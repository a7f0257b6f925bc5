import { createHash } from 'node:crypto';
import type { FileEntryWithStats, Stats } from 'ssh2';
import { type HashedFile, type OriginalReader, openOriginal } from '../file-io.ts';
import { type FileTree, folderOf } from '../file-tree.ts';
import { FAILURE, FarError, NO_SUCH_FILE, type Session, stoppable } from './session.ts';

/** What OpenSSH takes and gives at most with one request; the library splits for those that take less. */
const BLOCK_BYTES = 255 * 1024;
/** Blocks of one file under way. */
const IN_FLIGHT = 12;
/** A flush takes no longer than that of so many bytes, and a server that is cut off loses no more. */
const FLUSHED_BYTES = 256 * 1024 * 1024;
/** A server with less room than this is full: no answer of the protocol says so. */
const FULL_BYTES = 1024 * 1024;

const [READ, WRITE, CREATE, TRUNCATE] = [1, 2, 8, 16] as const;
const FOLDER_MODE = 0o750;
const FILE_MODE = 0o640;

type Space = { f_bavail: number; f_frsize: number; f_files: number; f_favail: number };

/** `flush` makes a file stay that was written earlier, by whoever it was. */
export type SftpTree = FileTree & { flush(file: string): Promise<void> };

/** Files and folders below one of a server's, which is made when something is put there; `session` gives the connection that is open, or opens one. */
export function sftpTree(root: string, session: () => Promise<Session>): SftpTree {
  const at = (file: string) => (file === '' ? root : `${root}/${file}`);
  /** Gives null where there is no such file. */
  async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof FarError && error.status === NO_SUCH_FILE) return null;
      throw error;
    }
  }

  /** Writes, and says that the server is full when that is why it fails. */
  async function writing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof FarError && error.status === FAILURE && (await isFull())) throw new FarError('destination.full', error.message);
      throw error;
    }
  }

  async function isFull(): Promise<boolean> {
    const { ask, sftp } = await session();
    try {
      const space = await ask<Space>((answered) => sftp.ext_openssh_statvfs(root, answered as never));
      return space.f_bavail * space.f_frsize < FULL_BYTES || (space.f_files > 0 && space.f_favail === 0);
    } catch (error) {
      // A connection that is lost has a say of its own; a server that cannot be asked leaves it unknown.
      if (error instanceof FarError && error.status === null) throw error;
      return false;
    }
  }

  async function withFile<T>(path: string, flags: number, use: (session: Session, handle: Buffer) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return stoppable(session(), signal, (open) => withHandle(open, path, flags, use));
  }

  async function withHandle<T>(open: Session, path: string, flags: number, use: (session: Session, handle: Buffer) => Promise<T>): Promise<T> {
    const handle = await open.ask<Buffer>((answered) => open.sftp.open(path, flags, FILE_MODE, answered));
    try {
      return await use(open, handle);
    } finally {
      // Nobody waits for it: the server does one thing after the other, and a connection that is over closes everything.
      open.sftp.close(handle, () => undefined);
    }
  }

  async function flush({ ask, sftp, flushes }: Session, handle: Buffer): Promise<void> {
    if (flushes.files) await ask<void>((answered) => sftp.ext_openssh_fsync(handle, answered));
  }

  async function flushFolder(path: string): Promise<void> {
    const { flushes } = await session();
    if (!flushes.folders) return;
    try {
      await withFile(path, READ, flush);
    } catch (error) {
      // A server that does not open folders as OpenSSH does cannot flush them; the receipt says so.
      if (!(error instanceof FarError) || error.status === null || error.status === NO_SUCH_FILE) throw error;
      flushes.folders = false;
    }
  }

  async function makeFolder(path: string): Promise<void> {
    const { ask, sftp } = await session();
    const make = () => ask<void>((answered) => sftp.mkdir(path, { mode: FOLDER_MODE }, answered));
    try {
      try {
        await make();
      } catch (error) {
        if (!(error instanceof FarError) || error.status !== NO_SUCH_FILE || path === '') throw error;
        await makeFolder(folderOf(path));
        await make();
      }
      await flushFolder(folderOf(path));
    } catch (error) {
      // It is there already, or it cannot be made: the protocol has one answer for both.
      if (!(error instanceof FarError) || error.status !== FAILURE || !(await statOf(path))?.isDirectory()) throw error;
    }
  }

  async function statOf(path: string): Promise<Stats | null> {
    const { ask, sftp } = await session();
    return unlessMissing(ask<Stats>((answered) => sftp.stat(path, answered)));
  }

  /** Puts a file's bytes into an open one, from the first block on that is not there as it is here. */
  async function copyInto(open: Session, handle: Buffer, from: OriginalReader, signal: AbortSignal | undefined): Promise<HashedFile> {
    const { ask, sftp } = open;
    const hash = createHash('sha256');
    const { size: there } = await ask<Stats>((answered) => sftp.fstat(handle, answered));
    let sizeBytes = there === 0 ? 0 : await sameBytes(open, handle, from, hash, signal);
    let flushedBytes = sizeBytes;
    const sent = createWindow();
    try {
      for (;;) {
        signal?.throwIfAborted();
        const block = Buffer.allocUnsafe(BLOCK_BYTES);
        const bytesRead = await from.read(block, sizeBytes);
        if (bytesRead === 0) break;
        hash.update(block.subarray(0, bytesRead));
        const position = sizeBytes;
        await sent.add(ask<void>((answered) => sftp.write(handle, block, 0, bytesRead, position, answered)));
        sizeBytes += bytesRead;
        if (sizeBytes - flushedBytes < FLUSHED_BYTES) continue;
        await sent.all();
        await flush(open, handle);
        flushedBytes = sizeBytes;
      }
    } finally {
      // Nothing goes on behind the caller's back.
      await sent.settled();
    }
    await sent.all();
    if (there > sizeBytes) await ask<void>((answered) => sftp.fsetstat(handle, { size: sizeBytes } as never, answered));
    await flush(open, handle);
    return { sha256: hash.digest('hex'), sizeBytes };
  }

  return {
    flush: (file) => withFile(at(file), READ, flush),
    flushFolder: (folder) => flushFolder(at(folder)),
    exists: async (file) => (await statOf(at(file))) !== null,
    makeFolder: (folder) => writing(makeFolder(at(folder))),
    async copy(original, file, signal) {
      const from = await openOriginal(original, signal);
      if (!from) return null;
      try {
        return await writing(withFile(at(file), READ | WRITE | CREATE, (open, handle) => copyInto(open, handle, from, signal)));
      } catch (error) {
        if (error instanceof Error && 'syscall' in error && error.syscall === 'read') return null;
        throw error;
      } finally {
        await from.close();
      }
    },
    async write(file, content) {
      const bytes = Buffer.from(content);
      await writing(
        withFile(at(file), WRITE | CREATE | TRUNCATE, async (open, handle) => {
          await open.ask<void>((answered) => open.sftp.write(handle, bytes, 0, bytes.length, 0, answered));
          await flush(open, handle);
        }),
      );
    },
    async rename(from, to) {
      const { ask, sftp } = await session();
      await writing(ask<void>((answered) => sftp.rename(at(from), at(to), answered)));
    },
    async remove(file) {
      const { ask, sftp } = await session();
      await unlessMissing(ask<void>((answered) => sftp.unlink(at(file), answered)));
    },
    async hash(file, signal) {
      const sum = createHash('sha256');
      let sizeBytes = 0;
      const read = async (open: Session, handle: Buffer) => {
        for await (const block of blocksOf(open, handle)) {
          sum.update(block);
          sizeBytes += block.length;
        }
        return { sha256: sum.digest('hex'), sizeBytes };
      };
      try {
        return await withFile(at(file), READ, read, signal);
      } catch (error) {
        // There is none, or the server's disk does not give it.
        if (signal?.aborted || (error instanceof FarError && (error.status === NO_SUCH_FILE || error.status === FAILURE))) return null;
        throw error;
      }
    },
    text: (file) =>
      unlessMissing(
        withFile(at(file), READ, async (open, handle) => {
          const blocks: Buffer[] = [];
          for await (const block of blocksOf(open, handle)) blocks.push(block);
          return Buffer.concat(blocks).toString('utf8');
        }),
      ),
    list,
    folders: async (folder) => (await entriesOf(folder)).filter((entry) => entry.attrs.isDirectory()).map((entry) => entry.filename),
  };

  async function entriesOf(folder: string): Promise<FileEntryWithStats[]> {
    const { ask, sftp } = await session();
    return (await unlessMissing(ask<FileEntryWithStats[]>((answered) => sftp.readdir(at(folder), answered)))) ?? [];
  }

  async function* list(folder: string): AsyncGenerator<string> {
    for (const { filename, attrs } of await entriesOf(folder)) {
      const file = folder === '' ? filename : `${folder}/${filename}`;
      if (attrs.isDirectory()) yield* list(file);
      else yield file;
    }
  }
}

/** Compares an open file with one of this machine, block by block; says how many bytes from the start on are the same, and hashes them. */
async function sameBytes(
  open: Session,
  handle: Buffer,
  from: OriginalReader,
  hash: { update(bytes: Buffer): unknown },
  signal: AbortSignal | undefined,
): Promise<number> {
  const ours = Buffer.allocUnsafe(BLOCK_BYTES);
  let sizeBytes = 0;
  for await (const theirs of blocksOf(open, handle)) {
    signal?.throwIfAborted();
    const block = ours.subarray(0, await from.read(ours.subarray(0, theirs.length), sizeBytes));
    if (!block.equals(theirs)) break;
    hash.update(block);
    sizeBytes += block.length;
  }
  return sizeBytes;
}

/** The bytes of an open file in blocks, more and more of them asked for ahead. */
async function* blocksOf(session: Session, handle: Buffer): AsyncGenerator<Buffer> {
  const asked: Promise<Buffer>[] = [];
  let next = 0;
  const askNext = () => {
    const block = readBlock(session, handle, next);
    // It may never be waited for.
    block.catch(() => undefined);
    asked.push(block);
    next += BLOCK_BYTES;
  };
  for (askNext(); ; ) {
    const block = (await asked.shift()) as Buffer;
    if (block.length > 0) yield block;
    if (block.length < BLOCK_BYTES) return;
    for (let more = 0; more < 2 && asked.length < IN_FLIGHT; more += 1) askNext();
  }
}

/** A block from a place on; it is shorter only at the end of the file. */
async function readBlock({ ask, sftp }: Session, handle: Buffer, position: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let filled = 0;
  while (filled < BLOCK_BYTES) {
    const bytesRead = await ask<number>((answered) => sftp.read(handle, block, filled, BLOCK_BYTES - filled, position + filled, answered));
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return block.subarray(0, filled);
}

/** So many requests under way; the first that failed is thrown by whoever comes next. */
function createWindow() {
  const open = new Set<Promise<unknown>>();
  let wrong: { error: unknown } | null = null;
  const throwWrong = () => {
    if (wrong) throw wrong.error;
  };
  return {
    async add(asked: Promise<void>): Promise<void> {
      const settled: Promise<unknown> = asked
        .catch((error: unknown) => {
          wrong ??= { error };
        })
        .finally(() => open.delete(settled));
      open.add(settled);
      while (open.size >= IN_FLIGHT) await Promise.race(open);
      throwWrong();
    },
    async settled(): Promise<void> {
      await Promise.all(open);
    },
    async all(): Promise<void> {
      await Promise.all(open);
      throwWrong();
    },
  };
}
