import os from 'node:os';
import { type ErrorCode, failed } from '../main/contract/errors.ts';

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
  return failed(GONE.has(code) ? 'source.gone' : 'source.unreadable', what, detailOf(error, code));
}

/** The failure a thrown error means for a file in the vault. */
export function vaultFailure(path: string, error: unknown) {
  const code = systemCode(error);
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return failed(full ? 'vault.full' : 'vault.write-failed', path, detailOf(error, code));
}

/** Names by number, for errors that Node itself calls UNKNOWN: ESTALE of a camera that left, EDQUOT of a full quota. */
const NAMES = new Map(Object.entries(os.constants.errno).map(([name, number]) => [number, name]));

/** A system call's error code; a throw that is none is a bug and goes on. */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error;
  const named = 'errno' in error && typeof error.errno === 'number' ? NAMES.get(-error.errno) : undefined;
  return named ?? error.code;
}

/** What a person reads who has to find out: with the error's name, whatever Node knew of it. */
function detailOf(error: unknown, code: string): string {
  const text = String(error);
  return text.includes(code) ? text : `${code}: ${text}`;
}
