import fs from 'node:fs';
import path from 'node:path';

/** Flushes a folder's own entries (names made, renamed or removed in it) to the device; throws when that fails. */
export function fsyncFolder(folder: string | Buffer): void {
  const fd = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** `fsyncFolder` off the event loop: on a busy disk one flush takes tens of milliseconds. */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await fs.promises.open(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes `folder` and flushes every ancestor that had to be made, down from the first one that existed. */
export function makeFolderDurably(folder: string, mode = 0o700): void {
  const first = fs.mkdirSync(folder, { recursive: true, mode });
  if (first === undefined) return;
  for (let at = folder; ; at = path.dirname(at)) {
    fsyncFolder(path.dirname(at));
    if (at === first || path.dirname(at) === at) return;
  }
}

/** Replaces `file` by `content` so that a crash leaves either the old file or the whole new one. */
export function writeFileDurably(file: string, content: string | Uint8Array, mode = 0o600): void {
  const temporary = `${file}.tmp-${process.pid}`;
  const fd = fs.openSync(temporary, 'w', mode);
  try {
    fs.writeFileSync(fd, content);
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(temporary, file);
  fsyncFolder(path.dirname(file));
}
