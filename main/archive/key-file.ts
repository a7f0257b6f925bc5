import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { z } from 'zod';
import { done, failed, type Result } from '../contract/errors.ts';

const MAX_BYTES = 64 * 1024;
const CREDENTIAL = /^credential:([A-Za-z0-9._-]+)$/;

/** Reads a key that is JSON. */
export function parsedAs<T>(form: z.ZodType<T>): (text: string) => T {
  return (text) => form.parse(JSON.parse(text));
}

/**
 * Reads the key to a destination: a file that nobody but the station's user may read, or `credential:NAME`, a credential of
 * the systemd service. `parse` throws what is not of the form asked for. Nothing of it is kept, logged or said;
 * `destination.key-unusable` says why it cannot be used.
 */
export function readKey<T>(place: string, parse: (text: string) => T): Result<T> {
  const credential = CREDENTIAL.exec(place)?.[1];
  const folder = process.env['CREDENTIALS_DIRECTORY'];
  if (credential !== undefined && folder === undefined) return failed('destination.key-unusable', place, 'not started by systemd with credentials');
  const file = credential === undefined ? place : path.join(folder as string, credential);
  let text: string;
  try {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    try {
      const { mode, uid, size } = fs.fstatSync(fd);
      // Who may read what lies in systemd's folder is systemd's business.
      if (credential === undefined && (mode & 0o077) !== 0) return failed('destination.key-unusable', place, 'others may read it');
      if (credential === undefined && uid !== process.getuid?.() && uid !== 0)
        return failed('destination.key-unusable', place, 'it is somebody else’s');
      if (size > MAX_BYTES) return failed('destination.key-unusable', place, `longer than ${MAX_BYTES} bytes`);
      text = fs.readFileSync(fd, 'utf8');
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    return failed('destination.key-unusable', place, error instanceof Error && 'code' in error ? String(error.code) : '');
  }
  try {
    return done(parse(text));
  } catch {
    // What a parser says about a secret may hold part of it.
    return failed('destination.key-unusable', place, 'not of the form asked for');
  }
}
