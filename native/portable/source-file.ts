import fs from 'node:fs';
import { type ErrorCode, failed } from '../../main/contract/errors.ts';

/** A source open for reading, and the facts by which a change is noticed. */
export type SourceFile = { fd: number; sizeBytes: number; mtimeNs: string; inode: string };

/**
 * Opens a file on a camera: not through a link, not waiting on a pipe, and only if it is a regular file. Throws the
 * system's error, or `SourceFault` for what the system would have allowed.
 */
export function openSource(path: Uint8Array): SourceFile {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  const fd = fs.openSync(Buffer.from(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const stat = fs.fstatSync(fd, { bigint: true });
  if (!stat.isFile()) {
    fs.closeSync(fd);
    throw new SourceFault('source.special-file', 'not a regular file');
  }
  return { fd, sizeBytes: Number(stat.size), mtimeNs: String(stat.mtimeNs), inode: `${stat.dev}:${stat.ino}` };
}

/** Throws `source.changed` unless file and path are still what was opened and `readBytes` of it were read. */
export function assertUnchanged(path: Uint8Array, source: SourceFile, readBytes: number): void {
  const open = fs.fstatSync(source.fd, { bigint: true });
  const named = fs.lstatSync(Buffer.from(path), { bigint: true });
  if (`${named.dev}:${named.ino}` !== source.inode) throw new SourceFault('source.changed', 'another file took its name');
  if (String(open.mtimeNs) !== source.mtimeNs) throw new SourceFault('source.changed', 'modification time changed');
  if (Number(open.size) !== source.sizeBytes || readBytes !== source.sizeBytes) {
    throw new SourceFault('source.changed', `${source.sizeBytes} bytes listed, ${readBytes} read, ${open.size} now`);
  }
}

/** A fault of a source that is an expected outcome, not a bug. */
export class SourceFault extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const GONE = new Set(['ENOENT', 'ENODEV', 'ENXIO', 'ENOTDIR', 'ESTALE']);

/** The failure a thrown error means for a file on a camera. */
export function sourceFailure(path: Uint8Array, error: unknown) {
  const what = Buffer.from(path).toString('utf8');
  if (error instanceof SourceFault) return failed(error.code, what, error.message);
  const code = systemCode(error);
  if (code === 'ELOOP') return failed('source.symlink', what, code);
  return failed(GONE.has(code) ? 'source.gone' : 'source.unreadable', what, String(error));
}

/** The failure a thrown error means for a file in the vault. */
export function vaultFailure(path: string, error: unknown) {
  const code = systemCode(error);
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return failed(full ? 'vault.full' : 'vault.write-failed', path, String(error));
}

/** A system call's error code; a throw that is none is a bug and goes on. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
