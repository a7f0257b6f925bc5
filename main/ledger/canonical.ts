import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { EntryFrame } from '../contract/entries/index.ts';

/** A frame before it has a hash. */
export type UnhashedFrame = Omit<EntryFrame, 'hash'>;

/** Canonical bytes (RFC 8785) of a frame and their SHA-256, which is the entry's hash. */
export type SealedBytes = { canonical: string; hash: string };

/**
 * Writes a frame in canonical form and hashes it. Throws when a value is not one the ledger allows: a number that is
 * not a whole number below 2^53, text that is not valid Unicode, or anything JSON does not know. Such a value is a bug
 * in the command that made it and must not get as far as a hash.
 */
export function sealFrame(frame: UnhashedFrame): SealedBytes {
  assertLawful(frame, 'entry');
  const canonical = canonicalize(frame);
  if (canonical === undefined) throw new TypeError('entry has no canonical form');
  return { canonical, hash: hashCanonical(canonical) };
}

/** SHA-256 over the canonical bytes, lower-case hex. */
export function hashCanonical(canonical: string): string {
  return createHash('sha256').update(canonical, 'utf8').digest('hex');
}

/** Throws when a value has no place in the ledger; see `sealFrame`. */
export function assertLawful(value: unknown, where: string): void {
  switch (typeof value) {
    case 'boolean':
      return;
    case 'number':
      if (!Number.isSafeInteger(value)) throw new TypeError(`${where}: ${value} is not a whole number below 2^53`);
      return;
    case 'string':
      if (!value.isWellFormed()) throw new TypeError(`${where}: not valid Unicode`);
      return;
    case 'object':
      if (value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        // An absent optional key is written as absent; everywhere else undefined is a bug.
        if (inner === undefined && where === 'entry' && key === 'cause') continue;
        if (!key.isWellFormed()) throw new TypeError(`${where}: key is not valid Unicode`);
        assertLawful(inner, `${where}.${key}`);
      }
      return;
    default:
      throw new TypeError(`${where}: ${typeof value} has no place in the ledger`);
  }
}

const LINE_START = '{"entry":';
const LINE_MIDDLE = ',"hash":"';
const LINE_END = '"}';
const TAIL_LENGTH = LINE_MIDDLE.length + 64 + LINE_END.length;

/** One line of a segment file, without its newline: the canonical bytes stand in it verbatim, so they can be hashed by cutting. */
export function lineOf({ canonical, hash }: SealedBytes): string {
  return `${LINE_START}${canonical}${LINE_MIDDLE}${hash}${LINE_END}`;
}

/** Takes a line apart again; null when it is not a whole entry line or its hash is not that of its bytes. */
export function parseLine(line: string): SealedBytes | null {
  if (!line.startsWith(LINE_START) || !line.endsWith(LINE_END)) return null;
  const cut = line.length - TAIL_LENGTH;
  if (cut <= LINE_START.length || line.slice(cut, cut + LINE_MIDDLE.length) !== LINE_MIDDLE) return null;
  const canonical = line.slice(LINE_START.length, cut);
  const hash = line.slice(cut + LINE_MIDDLE.length, line.length - LINE_END.length);
  return hashCanonical(canonical) === hash ? { canonical, hash } : null;
}

/** The frame an entry's canonical bytes hold, with its hash. For reading only: hashes are never made from this. */
export function frameOf({ canonical, hash }: SealedBytes): EntryFrame {
  return { ...(JSON.parse(canonical) as UnhashedFrame), hash };
}
